// The audits of GraphQL over HTTP. Every MUST and every SHOULD must hold; what MAY be is only printed.
import { auditServer } from 'graphql-http';

const results = await auditServer({ url: `${process.env.DAYBOOK_URL}/graphql` });
const broken = (result) => result.status === 'error' || result.status === 'warn';
for (const result of results) {
  const reason = result.status === 'ok' ? '' : `: ${result.reason}`;
  console.log(`${result.status.padEnd(6)} ${result.id} ${result.name}${reason}`);
}
const failed = results.filter(broken).length;
const notices = results.filter((result) => result.status === 'notice').length;
console.log(`graphql-http: ${results.length} audits, ${failed} failed, ${notices} notices`);
process.exit(results.length > 0 && failed === 0 ? 0 : 1);
