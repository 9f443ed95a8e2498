import { MantineProvider } from '@mantine/core';
import { lazy, Suspense } from 'react';
import { BrowserRouter, Route, Routes } from 'react-router';
import { Language } from '../i18n/Language';
import { ErrorBoundary } from '../ui/ErrorBoundary';
import { Loading } from '../ui/Loading';
import { theme } from './theme';

const Console = lazy(() => import('../console/Console'));
const Portal = lazy(() => import('../portal/Portal'));

export function App() {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto">
      <Language>
        <ErrorBoundary>
          <Suspense fallback={<Loading />}>
            <BrowserRouter>
              <Routes>
                <Route path="/c/:token" element={<Portal />} />
                <Route path="*" element={<Console />} />
              </Routes>
            </BrowserRouter>
          </Suspense>
        </ErrorBoundary>
      </Language>
    </MantineProvider>
  );
}
