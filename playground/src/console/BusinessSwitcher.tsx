import { NativeSelect } from '@mantine/core';
import { useState } from 'react';
import { useNavigate } from 'react-router';
import { useMutation } from 'urql';
import { useTranslations } from 'use-intl';
import { messageOf } from '../api/errors';
import { BusinessSwitchDocument } from '../api/gql';
import { useApi } from '../api/react';
import { useViewer } from './viewer';

export function BusinessSwitcher() {
  const t = useTranslations('common');
  const { business, memberships } = useViewer();
  const { session } = useApi();
  const navigate = useNavigate();
  const [{ fetching }, switchTo] = useMutation(BusinessSwitchDocument);
  const [problem, setProblem] = useState<string | null>(null);

  async function choose(businessId: string) {
    const { data, error } = await switchTo({ input: { businessId } });
    const payload = data?.businessSwitch;
    setProblem(payload?.userErrors[0]?.message ?? messageOf(error));
    // What was shown is of the other business.
    if (payload && session.start(payload)) await navigate('/');
  }

  return (
    <NativeSelect
      label={t('business')}
      value={business.id}
      disabled={fetching}
      error={problem}
      data={memberships.map((membership) => ({ value: membership.business.id, label: membership.business.name }))}
      onChange={(event) => void choose(event.currentTarget.value)}
    />
  );
}
