import { Button, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { useTranslations } from 'use-intl';
import { download } from '../../api/download';
import { useApi } from '../../api/react';
import { DialogButton } from '../../ui/DialogButton';
import { FormError } from '../../ui/FormError';
import { useMay } from '../viewer';

/** Each file that may be taken along, by what is in it. */
const FILES = {
  customers: 'customers.csv',
  contacts: 'contacts.csv',
  records: 'records.csv',
  sales: 'sales.csv',
  payments: 'payments.csv',
  business: 'business.jsonl',
} as const;

/** What the business has, as files. */
export function Export() {
  const t = useTranslations('export');
  const mayExport = useMay('DATA_EXPORT');
  if (!mayExport) return null;
  return (
    <DialogButton label={t('title')} variant="default">
      {() => <Files />}
    </DialogButton>
  );
}

function Files() {
  const t = useTranslations('export');
  const { session } = useApi();
  const [busy, setBusy] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);

  async function save(file: string) {
    // One at a time: the server sends a business no more than two.
    if (busy) return;
    setBusy(file);
    setProblem(null);
    await download(session, `/export/${file}`).catch((error: Error) => setProblem(error.message));
    setBusy(null);
  }

  return (
    <Stack gap="xs">
      <Text size="sm">{t('hint')}</Text>
      <FormError message={problem} />
      {(Object.keys(FILES) as (keyof typeof FILES)[]).map((name) => (
        <Button
          key={name}
          variant="default"
          justify="space-between"
          rightSection={
            <Text size="sm" c="dimmed">
              {FILES[name]}
            </Text>
          }
          loading={busy === FILES[name]}
          onClick={() => void save(FILES[name])}
        >
          {t(name)}
        </Button>
      ))}
    </Stack>
  );
}
