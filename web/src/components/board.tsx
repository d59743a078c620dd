// The picture beside the pages of who is not signed in: workloads in their places on a row of
// machines, drawn from a fixed table so that it is the same for everybody.
const rows: [number, number, 0 | 1 | 2][][] = [
  [[0, 4, 1], [5, 2, 0], [9, 5, 1], [15, 4, 0]],
  [[1, 3, 0], [4, 6, 1], [12, 2, 0], [16, 3, 1]],
  [[0, 2, 1], [3, 2, 1], [6, 4, 2], [11, 3, 1], [15, 5, 0]],
  [[2, 5, 1], [8, 3, 0], [13, 6, 1]],
  [[0, 3, 0], [4, 3, 1], [8, 6, 1], [15, 3, 1]],
  [[1, 6, 1], [8, 2, 1], [11, 2, 0], [14, 6, 1]],
  [[0, 2, 1], [3, 4, 0], [9, 4, 1], [14, 2, 1], [17, 3, 0]],
  [[2, 3, 1], [6, 5, 1], [12, 2, 1], [15, 4, 1]],
  [[1, 2, 0], [4, 4, 1], [9, 6, 1], [16, 3, 0]],
  [[0, 5, 1], [6, 3, 0], [10, 2, 1], [13, 5, 1]],
  [[3, 4, 1], [8, 4, 0], [13, 3, 1], [17, 3, 1]],
  [[0, 2, 0], [2, 7, 1], [10, 3, 1], [14, 4, 0]],
  [[1, 4, 1], [6, 2, 1], [9, 5, 0], [15, 5, 1]],
  [[0, 3, 1], [5, 5, 1], [11, 2, 1], [14, 3, 1]],
]
const fills = ['fill-line', 'fill-line-strong opacity-35', 'fill-accent'] as const
const cell = 40
const columns = 20
const height = 52

export function Board() {
  return (
    <svg
      aria-hidden
      viewBox={`0 0 ${columns * cell} ${rows.length * height}`}
      preserveAspectRatio="xMinYMin slice"
      className="h-full w-full"
    >
      {rows.map((row, y) => (
        <g key={y}>
          <line
            x1={0}
            x2={columns * cell}
            y1={(y + 1) * height - 6}
            y2={(y + 1) * height - 6}
            className="stroke-line"
            strokeWidth={1}
          />
          {row.map(([at, size, fill]) => (
            <rect
              key={at}
              x={at * cell + 3}
              y={y * height + 16}
              width={size * cell - 6}
              height={24}
              rx={3}
              className={fills[fill]}
            />
          ))}
        </g>
      ))}
    </svg>
  )
}
