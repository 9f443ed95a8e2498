import { Button, Group, Switch, Table, Text, Title } from '@mantine/core';
import { useState } from 'react';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { messageOf } from '../../api/errors';
import { PlanArchiveDocument, PlanRestoreDocument, PlansDocument, type PlanRowFragment } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { DialogButton } from '../../ui/DialogButton';
import { FormError } from '../../ui/FormError';
import { Pages } from '../../ui/Pages';
import { useTitle } from '../../ui/useTitle';
import { useMay } from '../viewer';
import { PlanForm } from './PlanForm';
import { PriceForm } from './PriceForm';

export default function PlansPage() {
  const t = useTranslations();
  useTitle(t('pages.plans'));
  const mayWrite = useMay('SUBSCRIPTIONS_WRITE');
  const [archived, setArchived] = useState(false);
  return (
    <>
      <Group justify="space-between" mb="md">
        <Title order={1} size="h2">
          {t('pages.plans')}
        </Title>
        {mayWrite && <DialogButton label={t('plans.new')}>{(close) => <PlanForm onDone={close} />}</DialogButton>}
      </Group>
      <Switch
        mb="sm"
        label={t('plans.archived')}
        checked={archived}
        onChange={(event) => setArchived(event.currentTarget.checked)}
      />
      <Pages
        key={String(archived)}
        query={PlansDocument}
        variables={(after) => ({ archived, after })}
        pageOf={(data) => data.plans}
      >
        {(plans) => <PlansTable plans={plans} mayWrite={mayWrite} />}
      </Pages>
    </>
  );
}

function PlansTable({ plans, mayWrite }: { plans: PlanRowFragment[]; mayWrite: boolean }) {
  const t = useTranslations('plans');
  if (plans.length === 0) return <Text c="dimmed">{t('none')}</Text>;
  return (
    <Table verticalSpacing="sm" horizontalSpacing={6} aria-label={t('title')}>
      <Table.Thead>
        <Table.Tr>
          <Table.Th>{t('plan')}</Table.Th>
          <Table.Th visibleFrom="md">{t('features')}</Table.Th>
          <Table.Th visibleFrom="sm">{t('trialDays')}</Table.Th>
          <Table.Th ta="right">{t('priceColumn')}</Table.Th>
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>
        {plans.map((plan) => (
          <PlanLine key={plan.id} plan={plan} mayWrite={mayWrite} />
        ))}
      </Table.Tbody>
    </Table>
  );
}

function PlanLine({ plan, mayWrite }: { plan: PlanRowFragment; mayWrite: boolean }) {
  const t = useTranslations('plans');
  const format = useFormat();
  return (
    <Table.Tr data-plan={plan.code}>
      <Table.Td style={{ verticalAlign: 'top', overflowWrap: 'anywhere' }}>
        <Text fw={600}>{plan.name}</Text>
        <Text size="sm" c="dimmed">
          {plan.code}
        </Text>
        {plan.description && <Text size="sm">{plan.description}</Text>}
        {mayWrite && <Actions plan={plan} />}
      </Table.Td>
      <Table.Td visibleFrom="md" style={{ verticalAlign: 'top' }}>
        {plan.features.join(', ')}
      </Table.Td>
      <Table.Td visibleFrom="sm" style={{ verticalAlign: 'top' }}>
        {format.number(plan.trialDays)}
      </Table.Td>
      <Table.Td ta="right" style={{ verticalAlign: 'top' }}>
        <Text fw={600}>{format.money(plan.price)}</Text>
        <Text size="sm" c="dimmed">
          {t('every', { interval: plan.interval, count: plan.intervalCount })}
        </Text>
      </Table.Td>
    </Table.Tr>
  );
}

function Actions({ plan }: { plan: PlanRowFragment }) {
  const t = useTranslations('plans');
  if (plan.archivedAt) return <Restore plan={plan} />;
  return (
    <Group gap={6} mt={6}>
      <DialogButton label={t('edit')} size="compact-sm" variant="default">
        {(close) => <PlanForm plan={plan} onDone={close} />}
      </DialogButton>
      <DialogButton label={t('changePrice')} size="compact-sm" variant="default">
        {(close) => <PriceForm plan={plan} onDone={close} />}
      </DialogButton>
      <Archive plan={plan} />
    </Group>
  );
}

function Archive({ plan }: { plan: PlanRowFragment }) {
  const t = useTranslations('plans');
  const [{ data, error, fetching }, archive] = useMutation(PlanArchiveDocument);
  return (
    <>
      <Button size="compact-sm" variant="default" loading={fetching} onClick={() => void archive({ id: plan.id })}>
        {t('archive')}
      </Button>
      <FormError message={data?.planArchive?.userErrors[0]?.message ?? messageOf(error)} />
    </>
  );
}

function Restore({ plan }: { plan: PlanRowFragment }) {
  const t = useTranslations('plans');
  const [{ data, error, fetching }, restore] = useMutation(PlanRestoreDocument);
  return (
    <>
      <Button mt={6} size="compact-sm" variant="default" loading={fetching} onClick={() => void restore({ id: plan.id })}>
        {t('restore')}
      </Button>
      <FormError message={data?.planRestore?.userErrors[0]?.message ?? messageOf(error)} />
    </>
  );
}
