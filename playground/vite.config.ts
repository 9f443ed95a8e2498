import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

/** Where `npm run dev` and `npm run preview` find a running Daybook. */
const server = process.env.DAYBOOK_URL ?? 'http://127.0.0.1:8080';
const proxy = { '/graphql': { target: server, ws: true }, '/documents': { target: server }, '/export': { target: server } };

export default defineConfig({
  base: '/',
  plugins: [react()],
  build: {
    outDir: 'dist',
    assetsDir: 'assets',
    target: 'es2023',
    // Which files the page loads first, for the check of their size.
    manifest: true,
    // The explorer brings a whole code editor; it is loaded only when opened.
    chunkSizeWarningLimit: 4000,
    rolldownOptions: {
      onLog(level, log, handle) {
        // Hints of some packages to the React compiler, which is not used here.
        if (log.code !== 'MODULE_LEVEL_DIRECTIVE') handle(level, log);
      },
    },
  },
  server: { proxy },
  preview: { proxy },
});
