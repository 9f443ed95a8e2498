import { StrictMode } from 'react';
import { createRoot } from 'react-dom/client';
import { Client } from './api/client';
import { ClientContext } from './api/react';
import { App } from './app/App';
import './styles/base.css';
import './styles/controls.css';

const root = document.getElementById('root');
if (!root) throw new Error('index.html has no #root');

const client = new Client();

createRoot(root).render(
  <StrictMode>
    <ClientContext value={client}>
      <App />
    </ClientContext>
  </StrictMode>,
);
