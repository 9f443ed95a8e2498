import { createContext, useContext, useEffect, useState, type ReactNode } from 'react';
import { IntlProvider } from 'use-intl';
import english from './messages/en.json';

export const LANGUAGES = { en: 'English', th: 'ไทย', hi: 'हिन्दी', sw: 'Kiswahili' } as const;
export type LanguageCode = keyof typeof LANGUAGES;
export type Messages = typeof english;

declare module 'use-intl' {
  interface AppConfig {
    Locale: LanguageCode;
    Messages: Messages;
  }
}

const STORAGE_KEY = 'daybook:language';

/** Loaded when first spoken. English comes with the page: the types of the messages are those of its catalogue. */
const CATALOGUES: Record<LanguageCode, () => Promise<Messages>> = {
  en: () => Promise.resolve(english),
  th: () => import('./messages/th.json').then((module) => module.default),
  hi: () => import('./messages/hi.json').then((module) => module.default),
  sw: () => import('./messages/sw.json').then((module) => module.default),
};

const Setter = createContext<(code: LanguageCode) => void>(() => {});

/** The language of the page: what was chosen, or else the first of the browser's that there is a catalogue of. */
export function Language({ children }: { children: ReactNode }) {
  const [wanted, setWanted] = useState(preferred);
  const [spoken, setSpoken] = useState<{ code: LanguageCode; messages: Messages } | null>(null);

  useEffect(() => {
    let gone = false;
    void CATALOGUES[wanted]().then((messages) => {
      if (gone) return;
      document.documentElement.lang = wanted;
      setSpoken({ code: wanted, messages });
    });
    return () => {
      gone = true;
    };
  }, [wanted]);

  function choose(code: LanguageCode) {
    localStorage.setItem(STORAGE_KEY, code);
    setWanted(code);
  }

  if (!spoken) return null;
  return (
    <Setter value={choose}>
      <IntlProvider locale={spoken.code} messages={spoken.messages} timeZone="UTC">
        {children}
      </IntlProvider>
    </Setter>
  );
}

export function useSetLanguage(): (code: LanguageCode) => void {
  return useContext(Setter);
}

function preferred(): LanguageCode {
  const wishes = [localStorage.getItem(STORAGE_KEY) ?? '', ...navigator.languages];
  const codes = wishes.map((wish) => wish.split('-')[0] ?? '');
  return codes.find((code): code is LanguageCode => code in LANGUAGES) ?? 'en';
}
