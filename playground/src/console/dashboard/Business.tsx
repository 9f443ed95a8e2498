import { Card, Grid, SimpleGrid, Title } from '@mantine/core';
import { useQuery, useSubscription } from 'urql';
import { useTranslations } from 'use-intl';
import { BusinessFiguresDocument, BusinessUpdatesDocument, TakingsByDayDocument, type BusinessNowFragment } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { Figure } from '../../ui/Figure';
import { Loaded } from '../../ui/Loaded';
import { Ageing } from '../charts/Ageing';
import { Takings } from '../charts/Takings';
import { useLogCursor } from '../useLogCursor';

/** What the business comes to, as it moves. */
export function Business() {
  const t = useTranslations();
  const after = useLogCursor();
  // What happens after the cursor is told of; what happened before is in the figures that are read then.
  const [result] = useQuery({ query: BusinessFiguresDocument, pause: after === null, requestPolicy: 'network-only' });
  const [{ data: update }] = useSubscription({ query: BusinessUpdatesDocument, variables: { after }, pause: after === null });
  return (
    <Loaded result={result}>
      {({ dashboard: read }) => {
        const now = update?.dashboard.dashboard ?? read;
        return (
          <>
            <SimpleGrid cols={{ base: 2, sm: 3 }} spacing="sm" mb="md">
              <Amounts now={now} />
            </SimpleGrid>
            <Grid gap="md" mb="md">
              <Grid.Col span={{ base: 12, md: 7 }}>
                <Card component="section" aria-labelledby="takings" h="100%">
                  <Title order={2} size="h4" mb="sm" id="takings">
                    {t('dashboard.takings')}
                  </Title>
                  <LastDays now={now} />
                </Card>
              </Grid.Col>
              <Grid.Col span={{ base: 12, md: 5 }}>
                <Card component="section" aria-labelledby="ageing" h="100%">
                  <Title order={2} size="h4" mb="sm" id="ageing">
                    {t('ageing.title')}
                  </Title>
                  <Ageing ageing={now.ageing} />
                </Card>
              </Grid.Col>
            </Grid>
          </>
        );
      }}
    </Loaded>
  );
}

function Amounts({ now: { outstanding, overdue, credit, today, month } }: { now: BusinessNowFragment }) {
  const t = useTranslations('dashboard');
  const format = useFormat();
  const amounts = {
    outstanding,
    late: overdue,
    credit,
    collectedToday: today.collected,
    collectedInMonth: month.collected,
    chargedInMonth: month.charged,
  };
  return (Object.keys(amounts) as (keyof typeof amounts)[]).map((name) => (
    <Figure key={name} label={t(name)} data-figure={name}>
      {format.money(amounts[name])}
    </Figure>
  ));
}

function LastDays({ now: { today } }: { now: BusinessNowFragment }) {
  const [result] = useQuery({ query: TakingsByDayDocument, variables: { to: today.from } });
  return (
    <Loaded result={result}>
      {({ metrics }) => (
        // Of today, what is known meanwhile.
        <Takings flows={metrics.receivables.flows.map((day) => (day.from === today.from ? today : day))} by="DAY" />
      )}
    </Loaded>
  );
}
