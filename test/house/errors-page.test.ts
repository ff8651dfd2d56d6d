import { expect, it } from 'vitest';
import { renderErrorsPage } from './errors-page.js';

it('ERRORS.md is what the tables of error codes say (mend with `npm run docs`)', async () => {
  await expect(renderErrorsPage()).toMatchFileSnapshot('../../packages/framing/ERRORS.md');
});
