//! What invoices and credit notes must come to, for `daybook check`.

use crate::ledger::check::Rule;

/// What must hold, like the rules of the ledger.
pub const RULES: &[Rule] = &[
    (
        "an invoice that is final has a charge that is owed by the same and comes to the same",
        "SELECT 'invoice ' || i.number AS subject,
                concat_ws(' ', c.kind, c.customer_id, c.amount, c.occurred_on, c.due_on) AS found,
                concat_ws(' ', 'INVOICE', i.customer_id, i.total, i.issued_on, i.due_on) AS expected
         FROM invoices i LEFT JOIN charges c ON c.business_id = i.business_id AND c.id = i.id
         WHERE i.business_id = $1 AND i.sequence IS NOT NULL
             AND (c.kind, c.customer_id, c.amount, c.occurred_on, c.due_on)
                 IS DISTINCT FROM ('INVOICE', i.customer_id, i.total, i.issued_on, i.due_on)",
    ),
    (
        "the numbers of invoices and of credit notes run from one in a year, without gaps",
        "SELECT coalesce(n.series, k.series) AS subject, concat_ws(' ', n.count, 'up to', n.last) AS found,
                coalesce(k.value, 0)::text AS expected
         FROM (SELECT 'invoice:' || year AS series, max(sequence) AS last, count(*)
               FROM invoices WHERE business_id = $1 AND sequence IS NOT NULL GROUP BY 1
               UNION ALL
               SELECT 'credit_note:' || year, max(sequence), count(*)
               FROM credit_notes WHERE business_id = $1 GROUP BY 1) n
         FULL JOIN (SELECT name AS series, value FROM counters
                    WHERE business_id = $1 AND (name LIKE 'invoice:%' OR name LIKE 'credit\\_note:%')) k
             ON k.series = n.series
         WHERE (n.last, n.count) IS DISTINCT FROM (k.value, k.value)",
    ),
    (
        "a number has its year and its place in it",
        "SELECT d.subject, d.number AS found, '…-' || e.text AS expected
         FROM (SELECT 'invoice ' || id AS subject, number, year, sequence
               FROM invoices WHERE business_id = $1 AND sequence IS NOT NULL
               UNION ALL
               SELECT 'credit note ' || id, number, year, sequence FROM credit_notes WHERE business_id = $1) d
         CROSS JOIN LATERAL (SELECT lpad(d.year::text, 4, '0') || '-'
             || lpad(d.sequence::text, greatest(6, length(d.sequence::text)), '0') AS text) e
         WHERE d.number !~ ('^[A-Z0-9]+-' || e.text || '$')",
    ),
    (
        "a line of an invoice or a credit note comes to quantity × price with its tax, rounded half up",
        "SELECT d.subject || ' line ' || l.place AS subject,
                concat_ws(' ', l.line ->> 'net', l.line ->> 'tax', l.line ->> 'gross') AS found,
                concat_ws(' ', n.net, t.tax, n.net + t.tax) AS expected
         FROM (SELECT 'invoice ' || id AS subject, lines, tax_mode FROM invoices WHERE business_id = $1
               UNION ALL
               SELECT 'credit note ' || n.id, n.lines, i.tax_mode
               FROM credit_notes n JOIN invoices i ON i.business_id = n.business_id AND i.id = n.invoice_id
               WHERE n.business_id = $1) d
         CROSS JOIN LATERAL jsonb_array_elements(d.lines) WITH ORDINALITY AS l (line, place)
         CROSS JOIN LATERAL (
             SELECT round((l.line ->> 'quantity')::numeric * (l.line ->> 'unit_price')::numeric * $2) AS amount,
                 (l.line ->> 'tax_rate')::numeric AS rate) x
         CROSS JOIN LATERAL (SELECT 100 + CASE d.tax_mode WHEN 'INCLUSIVE' THEN x.rate ELSE 0 END AS whole) w
         CROSS JOIN LATERAL (
             SELECT sign(x.amount) * div(2 * abs(x.amount) * x.rate + w.whole, 2 * w.whole) AS tax) t
         CROSS JOIN LATERAL (
             SELECT x.amount - CASE d.tax_mode WHEN 'INCLUSIVE' THEN t.tax ELSE 0 END AS net) n
         WHERE ((l.line ->> 'net')::numeric, (l.line ->> 'tax')::numeric, (l.line ->> 'gross')::numeric)
             <> (n.net, t.tax, n.net + t.tax)",
    ),
    (
        "an invoice, or a credit note with lines, comes to the sum of its lines",
        "SELECT d.subject, concat_ws(' ', d.net, d.tax, d.total) AS found,
                concat_ws(' ', s.net, s.tax, s.gross) AS expected
         FROM (SELECT 'invoice ' || id AS subject, lines, net, tax, total FROM invoices WHERE business_id = $1
               UNION ALL
               SELECT 'credit note ' || id, lines, net, tax, total
               FROM credit_notes WHERE business_id = $1 AND lines <> '[]') d
         CROSS JOIN LATERAL (
             SELECT sum((line ->> 'net')::bigint) AS net, sum((line ->> 'tax')::bigint) AS tax,
                 sum((line ->> 'gross')::bigint) AS gross
             FROM jsonb_array_elements(d.lines) AS line) s
         WHERE (d.net, d.tax, d.total) <> (s.net, s.tax, s.gross)",
    ),
    (
        "the credit notes on an invoice come to no more than it, and to nothing if it is void",
        "SELECT 'invoice ' || i.id AS subject, concat_ws(' ', n.net, n.tax, n.total) AS found,
                CASE WHEN c.voided_at IS NULL THEN concat_ws(' ', 'at most', i.net, i.tax, i.total) ELSE 'nothing' END
                    AS expected
         FROM invoices i
         JOIN (SELECT n.invoice_id, sum(n.net) AS net, sum(n.tax) AS tax, sum(n.total) AS total
               FROM credit_notes n
               JOIN payments p ON p.business_id = n.business_id AND p.id = n.id AND p.reversed_at IS NULL
               WHERE n.business_id = $1 GROUP BY 1) n
             ON n.invoice_id = i.id
         LEFT JOIN charges c ON c.business_id = i.business_id AND c.id = i.id
         WHERE i.business_id = $1
             AND (n.net > i.net OR n.tax > i.tax OR n.total > i.total OR c.voided_at IS NOT NULL)",
    ),
    (
        "a credit note is a credit of whose the invoice is, and comes to the same",
        "SELECT 'credit note ' || n.number AS subject,
                concat_ws(' ', p.kind, p.customer_id, p.amount, n.customer_id, i.number) AS found,
                concat_ws(' ', 'CREDIT', i.customer_id, n.total, i.customer_id, coalesce(i.number, 'of a final invoice'))
                    AS expected
         FROM credit_notes n
         JOIN invoices i ON i.business_id = n.business_id AND i.id = n.invoice_id
         JOIN payments p ON p.business_id = n.business_id AND p.id = n.id
         WHERE n.business_id = $1
             AND ((p.kind, p.customer_id, p.amount, n.customer_id)
                     <> ('CREDIT', i.customer_id, n.total, i.customer_id)
                 OR i.sequence IS NULL)",
    ),
];
