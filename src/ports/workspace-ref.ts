/** A workspace as a product names it. */
export type WorkspaceRef = { readonly product: string; readonly workspace: string };
