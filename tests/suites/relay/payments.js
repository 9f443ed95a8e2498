// Payments: recorded with the answer that is expected, and watched.
import { graphql } from 'react-relay';

graphql`
  query paymentsQuery($first: Int!, $after: String, $filter: PaymentFilter) {
    eventCursor
    payments(first: $first, after: $after, filter: $filter) @connection(key: "payments_payments", filters: ["filter"]) {
      edges {
        cursor
        node {
          ...payments_row
        }
      }
      pageInfo {
        hasNextPage
        endCursor
      }
    }
  }
`;

graphql`
  fragment payments_row on Payment {
    id
    method
    receivedAt
    amount {
      formatted
    }
    unallocated {
      formatted
    }
    allocations {
      amount {
        amount
      }
      charge {
        kind
        paid {
          amount
        }
        ... on Node {
          id
        }
      }
    }
  }
`;

graphql`
  mutation paymentsRecordMutation($input: PaymentRecordInput!, $connections: [ID!]!) @raw_response_type {
    paymentRecord(input: $input) {
      payment @appendNode(connections: $connections, edgeTypeName: "PaymentEdge") {
        ...payments_row
        customer {
          id
          balance {
            amount
          }
        }
      }
      userErrors {
        code
        field
        message
      }
    }
  }
`;

graphql`
  subscription paymentsSubscription($customerId: ID, $after: String) {
    paymentUpdates(customerId: $customerId, after: $after) {
      cursor
      kind
      payment {
        ...payments_row
      }
      customer {
        id
        balance {
          amount
        }
        lastPaymentAt
      }
    }
  }
`;
