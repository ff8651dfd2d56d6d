import type { ServableCommands } from '@wiremux/framing';
import { ServedCommands } from '../served-commands.js';

/** Commands that a tab serves: whoever passes requests on to it is told their names. */
export class TabCommands extends ServedCommands {
  /** Told whenever `names` have changed. */
  onChange: () => void = () => undefined;

  override add(set: ServableCommands): () => void {
    const stop = super.add(set);
    this.onChange();
    return () => {
      stop();
      this.onChange();
    };
  }
}
