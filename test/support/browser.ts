import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type BrowserContext, chromium, type Page } from 'playwright-core';

/** Where screenshots are left for people. */
const SCREENSHOTS = join(tmpdir(), 'wiremux-screenshots');

/** What only a test needs to switch off: the sandbox (root has none), and all that Chromium does by itself. */
const FLAGS = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

/** A page, and what went wrong in it. */
export interface WatchedPage {
  readonly page: Page;
  /** Errors on the console, exceptions that nobody caught, and breaches of the Content Security Policy; all so far. */
  readonly problems: readonly string[];
}

/** A headless Chromium with an empty profile. */
export class Browser {
  readonly #context: BrowserContext;
  readonly #profile: string;

  private constructor(context: BrowserContext, profile: string) {
    this.#context = context;
    this.#profile = profile;
  }

  static async launch(executablePath: string): Promise<Browser> {
    const profile = mkdtempSync(join(tmpdir(), 'wiremux-chromium-'));
    const options = { executablePath, headless: true, args: FLAGS, timeout: 60_000 };
    const context = await chromium.launchPersistentContext(profile, options);
    context.setDefaultTimeout(15_000);
    return new Browser(context, profile);
  }

  /** Opens a page of its own at this address. */
  async open(url: string): Promise<WatchedPage> {
    const page = await this.#context.newPage();
    const problems: string[] = [];
    page.on('console', (message) => {
      if (message.type() === 'error') problems.push(message.text());
    });
    page.on('pageerror', (error) => problems.push(String(error)));
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', ({ violatedDirective, blockedURI }) => {
        console.error(`Refused by the Content Security Policy (${violatedDirective}): ${blockedURI}`);
      });
    });
    await page.goto(url);
    return { page, problems };
  }

  async close(): Promise<void> {
    await this.#context.close();
    rmSync(this.#profile, { recursive: true, force: true });
  }
}

/** Saves what the page looks like, all of it, under a name. */
export async function saveScreenshot(page: Page, name: string): Promise<void> {
  mkdirSync(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: join(SCREENSHOTS, `${name}.png`), fullPage: true });
}
