import { effect, signal } from '@preact/signals';
import { connect } from '@wiremux/client';
import { render } from 'preact';
import { App } from './components/app.jsx';
import { PageContext } from './components/page-context.js';
import { readPalette } from './plots/palette.js';
import { mediaQuery, tickingClock, visibility } from './state/environment.js';
import { startPage } from './state/page.js';
import { applyTheme, keptTheme } from './state/theme.js';
import './style/index.css';

const root = document.documentElement;
const theme = keptTheme(() => localStorage);
const prefersDark = mediaQuery('(prefers-color-scheme: dark)');
const palette = signal(readPalette(document.body));
effect(() => {
  applyTheme(root, theme.value);
  // Read for its change, which changes the colours where the theme is the system's.
  void prefersDark.value;
  palette.value = readPalette(document.body);
});

const mux = connect('/mux', { agent: 'wiremux-dashboard' });
const page = startPage(mux, tickingClock(1_000), visibility(document));

render(
  <PageContext.Provider value={{ ...page, theme, palette }}>
    <App />
  </PageContext.Provider>,
  document.getElementById('app') as HTMLElement,
);
