import { Button, Card, Group, Text } from '@mantine/core';
import { useState } from 'react';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { messageOf } from '../../api/errors';
import { CustomersUpdateDocument } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { DialogButton } from '../../ui/DialogButton';
import { FormError } from '../../ui/FormError';
import { BulkForm } from './BulkForm';
import type { Undo } from './change';
import type { Chosen } from './useChosen';
import type { Which } from './useCustomerList';

interface BulkProps {
  chosen: Chosen;
  /** All who are asked for, and how many they are. */
  which: Which;
  total: number;
}

interface Done {
  count: number;
  undo: Undo[] | null;
}

/** What can be done with the customers who are chosen, and what was done last. */
export function Bulk({ chosen, which, total }: BulkProps) {
  const t = useTranslations('bulk');
  const format = useFormat();
  const [done, setDone] = useState<Done | null>(null);
  const count = chosen.all ? total : chosen.rows.size;
  const rows = [...chosen.rows.values()];
  return (
    <>
      {count > 0 && (
        <Card mb="sm" padding="xs" data-bulk={count}>
          <Group gap="sm">
            <Text fw={600}>{t('chosen', { count, shown: format.number(count) })}</Text>
            <DialogButton label={t('change')} size="xs">
              {(close) => (
                <BulkForm
                  which={chosen.all ? which : { ids: rows.map(({ id }) => id) }}
                  rows={chosen.all ? [] : rows}
                  onDone={(changed, undo) => {
                    setDone({ count: changed, undo });
                    close();
                    chosen.clear();
                  }}
                />
              )}
            </DialogButton>
            {!chosen.all && total > count && (
              <Button size="xs" variant="default" onClick={chosen.chooseAll}>
                {t('chooseAll', { count: total, shown: format.number(total) })}
              </Button>
            )}
            <Button size="xs" variant="default" onClick={chosen.clear}>
              {t('clear')}
            </Button>
          </Group>
        </Card>
      )}
      <div role="status">{done && <Outcome key={JSON.stringify(done)} done={done} onUndone={() => setDone(null)} />}</div>
    </>
  );
}

function Outcome({ done: { count, undo }, onUndone }: { done: Done; onUndone: () => void }) {
  const t = useTranslations('bulk');
  const format = useFormat();
  const [, update] = useMutation(CustomersUpdateDocument);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);

  async function takeBack(steps: Undo[]) {
    setBusy(true);
    for (const step of steps) {
      const { data, error } = await update(step);
      const wrong = data?.customersUpdate?.userErrors[0]?.message ?? messageOf(error);
      if (wrong) {
        setProblem(wrong);
        setBusy(false);
        return;
      }
    }
    onUndone();
  }

  return (
    <Group gap="sm" mb="sm">
      <Text data-changed={count}>{t('changed', { count, shown: format.number(count) })}</Text>
      {undo && (
        <Button size="xs" variant="default" loading={busy} onClick={() => void takeBack(undo)}>
          {t('undo')}
        </Button>
      )}
      <FormError message={problem} />
    </Group>
  );
}
