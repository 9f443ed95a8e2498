import { AppShell, Burger, Group, NavLink, Stack, Text } from '@mantine/core';
import { useDisclosure } from '@mantine/hooks';
import { Suspense, type ReactNode } from 'react';
import { NavLink as RouterLink, useLocation } from 'react-router';
import { useTranslations } from 'use-intl';
import type { Permission } from '../api/gql';
import type { Messages } from '../i18n/Language';
import { Brand } from '../ui/Brand';
import { ConnectionBadge } from '../ui/ConnectionBadge';
import { ErrorBoundary } from '../ui/ErrorBoundary';
import { Loading } from '../ui/Loading';
import { Preferences } from '../ui/Preferences';
import { BusinessSwitcher } from './BusinessSwitcher';
import classes from './Shell.module.css';
import { SignOut } from '../ui/SignOut';
import { useViewer } from './viewer';

interface PageLink {
  to: string;
  label: keyof Messages['pages'];
  /** What one must be allowed to see it. */
  needs?: Permission;
}

const PAGES: PageLink[] = [
  { to: '/', label: 'dashboard' },
  { to: '/customers', label: 'customers' },
  { to: '/tickets', label: 'tickets' },
  { to: '/plans', label: 'plans' },
  { to: '/metrics', label: 'metrics', needs: 'METRICS_READ' },
  { to: '/explorer', label: 'explorer' },
];

/** What surrounds every page of the console. */
export function Shell({ children }: { children: ReactNode }) {
  const t = useTranslations();
  const [open, { toggle, close }] = useDisclosure();
  const { pathname } = useLocation();
  const { permissions } = useViewer();
  const pages = PAGES.filter(({ needs }) => !needs || permissions.includes(needs));
  return (
    <AppShell header={{ height: 56 }} navbar={{ width: 230, breakpoint: 'sm', collapsed: { mobile: !open } }} padding="md">
      <a className={classes.skip} href="#content">
        {t('common.skip')}
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" gap="sm" wrap="nowrap">
          <Burger opened={open} onClick={toggle} hiddenFrom="sm" size="sm" aria-label={t('common.menu')} />
          <Brand />
          <Group ml="auto" gap="xs" wrap="nowrap">
            <ConnectionBadge />
            <Preferences />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="md" aria-label={t('common.pages')}>
        <Stack gap="md" h="100%">
          <BusinessSwitcher />
          <div>
            {pages.map(({ to, label }) => (
              <NavLink
                key={to}
                component={RouterLink}
                to={to}
                label={t(`pages.${label}`)}
                active={to === '/' ? pathname === to : pathname.startsWith(to)}
                onClick={close}
              />
            ))}
          </div>
          <Account />
        </Stack>
      </AppShell.Navbar>
      <AppShell.Main id="content" tabIndex={-1}>
        <ErrorBoundary key={pathname}>
          <Suspense fallback={<Loading />}>{children}</Suspense>
        </ErrorBoundary>
      </AppShell.Main>
    </AppShell>
  );
}

function Account() {
  const t = useTranslations('role');
  const { user, role } = useViewer();
  return (
    <Stack mt="auto" gap="xs">
      <div>
        <Text size="sm" fw={600}>
          {user?.name}
        </Text>
        <Text size="sm" c="dimmed">
          {role && t(role)}
        </Text>
      </div>
      <SignOut />
    </Stack>
  );
}
