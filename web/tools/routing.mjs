// How the files of src/routes become the table of pages: for the build and for the check of types.
export const routing = {
  target: 'react',
  routesDirectory: './src/routes',
  generatedRouteTree: './src/routeTree.gen.ts',
  autoCodeSplitting: true,
  quoteStyle: 'single',
  semicolons: false,
  disableLogging: true,
}
