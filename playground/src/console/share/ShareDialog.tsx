import { Button, CopyButton, Group, List, Modal, Stack, Text, TextInput } from '@mantine/core';
import { useMutation, useQuery } from 'urql';
import { useTranslations } from 'use-intl';
import { messageOf } from '../../api/errors';
import { ShareLinkCreateDocument, ShareLinkRevokeDocument, ShareLinksDocument, type ShareLinkRowFragment } from '../../api/gql';
import { useFormat } from '../../i18n/format';
import { FormError } from '../../ui/FormError';

interface ShareDialogProps {
  opened: boolean;
  onClose: () => void;
  customerId: string;
}

export function ShareDialog({ opened, onClose, customerId }: ShareDialogProps) {
  const t = useTranslations();
  return (
    <Modal opened={opened} onClose={onClose} title={t('share.title')} closeButtonProps={{ 'aria-label': t('common.close') }}>
      <Stack>
        <Text size="sm">{t('share.explanation')}</Text>
        <NewLink customerId={customerId} />
        <Links customerId={customerId} />
      </Stack>
    </Modal>
  );
}

function NewLink({ customerId }: { customerId: string }) {
  const t = useTranslations('share');
  const [{ data, error, fetching }, create] = useMutation(ShareLinkCreateDocument);
  const payload = data?.shareLinkCreate;
  return (
    <>
      <FormError message={payload?.userErrors[0]?.message ?? messageOf(error)} />
      {payload?.token ? (
        <Address address={new URL(`/c/${payload.token}`, window.location.href).href} />
      ) : (
        <Button loading={fetching} onClick={() => void create({ input: { customerId } })}>
          {t('create')}
        </Button>
      )}
    </>
  );
}

function Address({ address }: { address: string }) {
  const t = useTranslations('share');
  return (
    <>
      <TextInput readOnly label={t('address')} description={t('once')} value={address} onFocus={(event) => event.target.select()} />
      <CopyButton value={address}>
        {({ copied, copy }) => <Button onClick={copy}>{copied ? t('copied') : t('copy')}</Button>}
      </CopyButton>
    </>
  );
}

function Links({ customerId }: { customerId: string }) {
  const t = useTranslations('share');
  const [{ data }] = useQuery({ query: ShareLinksDocument, variables: { id: customerId } });
  const links = data?.customer?.shareLinks?.nodes.filter(({ revokedAt }) => revokedAt === null) ?? [];
  if (links.length === 0) return null;
  return (
    <section>
      <Text fw={600}>{t('links')}</Text>
      <List listStyleType="none" spacing="xs" mt="xs">
        {links.map((link) => (
          <LinkRow key={link.id} link={link} />
        ))}
      </List>
    </section>
  );
}

function LinkRow({ link }: { link: ShareLinkRowFragment }) {
  const t = useTranslations('share');
  const format = useFormat();
  const [{ data, error, fetching }, revoke] = useMutation(ShareLinkRevokeDocument);
  const used = link.lastUsedAt ? t('used', { when: format.moment(link.lastUsedAt) }) : t('neverUsed');
  return (
    <List.Item>
      <Group justify="space-between" wrap="nowrap">
        <Text size="sm">
          {t('made', { when: format.moment(link.createdAt) })}; {used}
        </Text>
        <Button
          size="compact-sm"
          variant="default"
          flex="none"
          loading={fetching}
          onClick={() => void revoke({ id: link.id })}
        >
          {t('revoke')}
        </Button>
      </Group>
      <FormError message={data?.shareLinkRevoke?.userErrors[0]?.message ?? messageOf(error)} />
    </List.Item>
  );
}
