// The page of one customer: fragments that are fetched again by `node(id:)`, an interface in a list, pages both ways.
import { graphql } from 'react-relay';

graphql`
  query customerQuery($id: ID!, $staff: Boolean!) {
    customer(id: $id) {
      id
      name
      ...customer_charges
      ...customer_notes @alias(as: "notes") @include(if: $staff)
      ...customer_contacts
    }
  }
`;

graphql`
  fragment customer_charges on Customer
  @argumentDefinitions(
    first: { type: "Int", defaultValue: 10 }
    after: { type: "String" }
    last: { type: "Int" }
    before: { type: "String" }
  )
  @refetchable(queryName: "customerChargesQuery") {
    charges(first: $first, after: $after, last: $last, before: $before) @connection(key: "customer_charges") {
      edges {
        node {
          __typename
          kind
          occurredOn
          overdue
          outstanding {
            formatted(locale: "en-IN")
          }
          ... on Record {
            id
            product
            quantity
            allocations {
              ...customer_allocation
            }
          }
          ... on Sale {
            id
            items
            allocations {
              ...customer_allocation
            }
          }
          ... on Node {
            id
          }
        }
      }
    }
  }
`;

graphql`
  fragment customer_allocation on Allocation {
    id
    amount {
      amount
    }
    payment {
      id
      method
    }
  }
`;

graphql`
  fragment customer_notes on Customer
  @argumentDefinitions(first: { type: "Int", defaultValue: 5 }, after: { type: "String" })
  @refetchable(queryName: "customerNotesQuery") {
    notes(first: $first, after: $after) @connection(key: "customer_notes") {
      edges {
        node {
          id
          kind
          content
          author {
            name
          }
        }
      }
    }
  }
`;

graphql`
  fragment customer_contacts on Customer {
    contacts(first: 100) {
      nodes {
        id
        name
        isPrimary
      }
    }
  }
`;

graphql`
  mutation customerNoteCreateMutation($input: NoteCreateInput!, $connections: [ID!]!) {
    noteCreate(input: $input) {
      note @appendNode(connections: $connections, edgeTypeName: "NoteEdge") {
        id
        kind
        content
      }
      userErrors {
        field
        message
      }
    }
  }
`;
