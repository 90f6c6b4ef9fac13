// Starts Swagger UI. A file of its own, because pages of this server run no inline script.
'use strict';

window.SwaggerUIBundle({
  url: '/openapi.yaml',
  dom_id: '#swagger-ui',
  deepLinking: true,
  // Nothing is sent to another host.
  validatorUrl: null,
});
