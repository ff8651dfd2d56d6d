import { Fragment, type JSX } from 'preact';

/** Text in which backticks mark code. */
export function CodedText({ text }: { readonly text: string }): JSX.Element {
  return (
    <>
      {text.split('`').map((piece, index) => {
        const key = `${index} ${piece}`;
        return index % 2 === 1 ? <code key={key}>{piece}</code> : <Fragment key={key}>{piece}</Fragment>;
      })}
    </>
  );
}
