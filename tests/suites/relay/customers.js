// A list of customers that loads more as it is scrolled, and the mutations that add to it and take from it.
import { graphql } from 'react-relay';

graphql`
  query customersQuery($search: String, $filter: CustomerFilter, $sort: CustomerSort!) {
    me {
      role
      permissions
      business {
        id
        name
      }
    }
    ...customers_list @arguments(search: $search, filter: $filter, sort: $sort)
  }
`;

graphql`
  fragment customers_list on Query
  @argumentDefinitions(
    first: { type: "Int", defaultValue: 20 }
    after: { type: "String" }
    search: { type: "String" }
    filter: { type: "CustomerFilter" }
    sort: { type: "CustomerSort!" }
  )
  @refetchable(queryName: "customersPageQuery") {
    customers(first: $first, after: $after, search: $search, filter: $filter, sort: $sort)
      @connection(key: "customers_list_customers", filters: ["search", "filter", "sort"]) {
      totalCount
      edges {
        node {
          id
          ...customers_row
        }
      }
    }
  }
`;

graphql`
  fragment customers_row on Customer {
    code
    name
    email
    status
    membership {
      isMember
      since
    }
    balance {
      amount
      currency
      formatted
    }
  }
`;

graphql`
  mutation customersCreateMutation($input: CustomerCreateInput!, $connections: [ID!]!) {
    customerCreate(input: $input) {
      customer @prependNode(connections: $connections, edgeTypeName: "CustomerEdge") {
        id
        ...customers_row
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
  mutation customersDeleteMutation($id: ID!, $connections: [ID!]!) {
    customerDelete(id: $id) {
      deletedId @deleteEdge(connections: $connections) @deleteRecord
      userErrors {
        code
        message
      }
    }
  }
`;
