import { Alert, Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { useTranslations } from 'use-intl';

/** Keeps the rest of the page usable when a part of it fails, for instance to load. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? <Failed /> : this.props.children;
  }
}

function Failed() {
  const t = useTranslations('common');
  return (
    <Alert color="red" m="md" title={t('failed')}>
      <Button variant="default" onClick={() => window.location.reload()}>
        {t('reload')}
      </Button>
    </Alert>
  );
}
