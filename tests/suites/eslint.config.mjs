// The rules of @graphql-eslint that schema.graphql keeps: all that are recommended, and those of Relay.
import { fileURLToPath } from 'node:url';
import graphql from '@graphql-eslint/eslint-plugin';

const schema = fileURLToPath(new URL('../../schema.graphql', import.meta.url));

export default [
  {
    files: ['**/*.graphql'],
    languageOptions: { parser: graphql.parser, parserOptions: { graphQLConfig: { schema } } },
    plugins: { '@graphql-eslint': graphql },
    rules: {
      ...graphql.configs['flat/schema-recommended'].rules,
      ...graphql.configs['flat/schema-relay'].rules,
      // Everything is described, not only types and root fields, and what goes is replaced.
      '@graphql-eslint/require-description': [
        'error',
        { types: true, rootField: true, DirectiveDefinition: true, FieldDefinition: true, EnumValueDefinition: true },
      ],
      // What a client may hold on to has an id. These are parts or answers: they live as long as what they came
      // with, a cache has no use for them by themselves, and an id would promise that `node(id:)` finds them.
      '@graphql-eslint/strict-id-in-types': [
        'error',
        {
          exceptions: {
            suffixes: ['Connection', 'Count', 'Edge', 'Metrics', 'Payload', 'Preview', 'Update'],
            types: [
              'Ageing', 'BillingStatus', 'Calendar', 'CalendarDay', 'CollectedByMethod', 'CustomerBalance', 'CustomerLifetimeValue',
              'CustomerMembership', 'Dashboard', 'DashboardPeriod', 'DocumentLink', 'ImportProblem', 'ImportResult', 'InvoiceLine', 'LifetimeValues',
              'LoyaltyTiers', 'MembershipRule', 'Money', 'NewCustomers', 'PageInfo', 'PaymentPreviewAllocation',
              'PlanRevenue', 'Preferences', 'PurchaseHistory', 'Receipt', 'ReceivablePeriod', 'RevenueMovement', 'SaleLine', 'ServiceUsage',
              'SkippedDays', 'Statement', 'SubscriptionLine', 'UserError', 'Viewer',
            ],
          },
        },
      ],
      // Connections have `nodes` beside `edges`, for those who need no cursors, and lists that are short by nature
      // (the allocations of a payment, the errors of a mutation, tags) are plain.
      '@graphql-eslint/relay-edge-types': ['error', { listTypeCanWrapOnlyEdgeType: false }],
    },
  },
];
