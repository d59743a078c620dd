import { Fragment } from 'react'

// A text whose long words, such as an address, break behind their joints before they break anywhere.
export function Breakable({ text }: { text: string }) {
  return text.split(/(?<=[@._/-])(?=\S)/).map((part, at) => (
    <Fragment key={at}>
      {at > 0 ? <wbr /> : null}
      {part}
    </Fragment>
  ))
}
