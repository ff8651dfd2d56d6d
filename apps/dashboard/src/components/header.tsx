import type { JSX } from 'preact';
import { nextTheme, type Theme } from '../state/theme.js';
import { ConnectionStatus } from './connection-status.jsx';
import { Icon, type IconName } from './icon.jsx';
import { usePage } from './page-context.js';

const THEME_ICONS: Readonly<Record<Theme, IconName>> = { system: 'contrast', light: 'sun', dark: 'moon' };

/** Name, connection, and what concerns the whole page. */
export function Header(): JSX.Element {
  const { capabilities, isPaused, theme } = usePage();
  const { name, version } = capabilities.value ?? { name: '', version: '' };
  const pauseLabel = isPaused.value ? 'Resume' : 'Pause';
  return (
    <header class="page-header">
      <h1>
        <Icon name="mark" />
        wiremux
        <span class="gateway-version" data-testid="gateway-version">
          {name !== '' && name !== 'wiremux' ? `${name} ` : ''}
          {version}
        </span>
      </h1>
      <ConnectionStatus />
      <nav aria-label="On this page">
        <a href="#machine">Machine</a>
        <a href="#gateway">Gateway</a>
        <a href="#connections">Connections</a>
        <a href="#command">Run</a>
      </nav>
      <div class="page-actions">
        <button
          type="button"
          class="quiet"
          data-testid="pause"
          aria-pressed={isPaused.value}
          title={`${pauseLabel} all plots and tables`}
          onClick={() => {
            isPaused.value = !isPaused.value;
          }}
        >
          <Icon name={isPaused.value ? 'play' : 'pause'} />
          <span class="button-text">{pauseLabel}</span>
        </button>
        <button
          type="button"
          class="quiet"
          data-testid="theme"
          title={`Colours: ${theme.value}. Change.`}
          onClick={() => {
            theme.value = nextTheme(theme.value);
          }}
        >
          <Icon name={THEME_ICONS[theme.value]} />
          <span class="visually-hidden">Colours: {theme.value}. Change.</span>
        </button>
      </div>
    </header>
  );
}
