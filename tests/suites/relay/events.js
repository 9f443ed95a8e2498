// The log of the business, and any object by its id.
import { graphql } from 'react-relay';

graphql`
  query eventsQuery($kinds: [EventKind!], $last: Int, $before: String) {
    events(kinds: $kinds, last: $last, before: $before) @connection(key: "events_events") {
      edges {
        node {
          kind
          data
          actor {
            name
          }
        }
      }
    }
  }
`;

graphql`
  query eventsObjectsQuery($id: ID!, $ids: [ID!]!) {
    node(id: $id) {
      id
      ... on Customer {
        name
      }
      ... on Charge {
        dueOn
      }
    }
    nodes(ids: $ids) {
      __typename
      id
    }
  }
`;

graphql`
  subscription eventsSubscription($kinds: [EventKind!], $after: String) {
    activity(kinds: $kinds, after: $after) {
      id
      cursor
      kind
      occurredAt
      customer {
        id
        code
      }
    }
  }
`;
