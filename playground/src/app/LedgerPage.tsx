/** The picture beside the sign-in form: a page of a ledger, purely for show. */

const ENTRIES = [
  ['Lesson', 'Anna B.', '45.00'],
  ['Card payment', 'Anna B.', '−45.00'],
  ['Treatment', 'Jonas L.', '62.50'],
  ['Bank transfer', 'Priya R.', '−120.00'],
  ['Lesson', 'Tomás O.', '45.00'],
  ['Cash', 'Tomás O.', '−20.00'],
] as const;

export function LedgerPage() {
  return (
    <aside className="ledger">
      <div className="ledger-words">
        <h2>Customers, records and payments in one place.</h2>
        <p>One small server, one GraphQL schema, and every payment as it happens.</p>
      </div>
      <div className="ledger-sheet" aria-hidden="true">
        {ENTRIES.map(([what, who, amount], index) => (
          <div className="ledger-row" key={index}>
            <span>{what}</span>
            <span>{who}</span>
            <span className="ledger-amount">{amount}</span>
          </div>
        ))}
        <div className="ledger-row ledger-row-empty" />
        <div className="ledger-row ledger-row-empty" />
      </div>
    </aside>
  );
}
