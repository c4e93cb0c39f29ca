// Shows the API's description. The viewer, Swagger UI, is a classic script and
// leaves one global.
globalThis.SwaggerUIBundle({
  url: new URL('../../openapi.json', import.meta.url).pathname,
  dom_id: '#reference',
  deepLinking: true,
  defaultModelsExpandDepth: 1,
  docExpansion: 'list',
  // An open stream would fill the viewer's own page for ever: the links go to the
  // console, which is made for it.
  supportedSubmitMethods: [],
  tryItOutEnabled: false,
  validatorUrl: null,
});
