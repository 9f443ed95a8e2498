import { ActionIcon, NativeSelect, useComputedColorScheme, useMantineColorScheme } from '@mantine/core';
import { useLocale, useTranslations } from 'use-intl';
import { LANGUAGES, useSetLanguage, type LanguageCode } from '../i18n/Language';

/** The language of the page, and whether it is light or dark. */
export function Preferences() {
  return (
    <>
      <LanguageChoice />
      <ColorSchemeSwitch />
    </>
  );
}

function LanguageChoice() {
  const t = useTranslations('common');
  const locale = useLocale();
  const setLanguage = useSetLanguage();
  return (
    <NativeSelect
      aria-label={t('language')}
      size="xs"
      w={100}
      value={locale}
      data={Object.entries(LANGUAGES).map(([value, label]) => ({ value, label }))}
      onChange={(event) => setLanguage(event.currentTarget.value as LanguageCode)}
    />
  );
}

function ColorSchemeSwitch() {
  const t = useTranslations('common');
  const { setColorScheme } = useMantineColorScheme();
  const dark = useComputedColorScheme('light') === 'dark';
  return (
    <ActionIcon
      variant="default"
      size={30}
      aria-label={dark ? t('useLight') : t('useDark')}
      onClick={() => setColorScheme(dark ? 'light' : 'dark')}
    >
      <span aria-hidden="true">{dark ? '☀' : '☾'}</span>
    </ActionIcon>
  );
}
