// Opens the document in the viewer, in the colours that the reader prefers.
const dark = window.matchMedia("(prefers-color-scheme: dark)");
const paint = () => document.documentElement.classList.toggle("dark-mode", dark.matches);
dark.addEventListener("change", paint);
paint();
window.SwaggerUIBundle({
  url: "/api/openapi.json",
  domNode: document.getElementById("viewer"),
  deepLinking: true,
  defaultModelsExpandDepth: 0,
  docExpansion: "list",
  syntaxHighlight: false,
  tryItOutEnabled: false,
  validatorUrl: null,
});
