// Starts the API browser; a file of its own because the content policy allows no script inside a page.
const root = document.getElementById("swagger");
SwaggerUIBundle({
  domNode: root,
  url: root.dataset.openapi,
  deepLinking: true,
  validatorUrl: null,
  syntaxHighlight: { activated: false },
});
