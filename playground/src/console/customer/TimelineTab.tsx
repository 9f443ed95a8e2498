import { CustomerEventsDocument } from '../../api/gql';
import { Events, pageBefore } from '../../ui/Events';
import { Pages } from '../../ui/Pages';
import type { CustomerTabProps } from './CustomerTabs';

/** What happened to a customer, latest first. */
export function TimelineTab({ customer }: CustomerTabProps) {
  return (
    <Pages
      query={CustomerEventsDocument}
      variables={(before) => ({ id: customer.id, before })}
      pageOf={({ customer: read }) => read?.events && pageBefore(read.events)}
    >
      {(events) => <Events events={events} />}
    </Pages>
  );
}
