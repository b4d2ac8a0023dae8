import ts from 'typescript';

/** JSON Schema, as far as it is written here. */
export type Schema = { readonly [keyword: string]: unknown };

export interface DerivedSchemas {
  readonly roots: Record<string, Schema>;
  readonly definitions: Record<string, Schema>;
}

/**
 * JSON Schemas of the fields of the one interface in a TypeScript file: an answer is held to what
 * the SDK declares about it. Interfaces become closed objects, so a field too many is found, too.
 */
export function deriveSchemas(file: string): DerivedSchemas {
  const program = ts.createProgram([file], {
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
  });
  const declared = program.getSourceFile(file)?.statements.find(ts.isInterfaceDeclaration);
  if (declared === undefined) throw new Error(`${file} declares no interface`);
  const walk = new Walk(program.getTypeChecker());
  const roots = walk.fieldsOf(declared);
  return { roots, definitions: walk.definitions };
}

class Walk {
  readonly definitions: Record<string, Schema> = {};
  readonly #checker: ts.TypeChecker;

  constructor(checker: ts.TypeChecker) {
    this.#checker = checker;
  }

  fieldsOf(declared: ts.InterfaceDeclaration): Record<string, Schema> {
    const type = this.#checker.getTypeAtLocation(declared.name);
    const fields = this.#checker.getPropertiesOfType(type);
    return Object.fromEntries(
      fields.map((each) => [each.name, this.#schemaOf(this.#checker.getTypeOfSymbol(each))]),
    );
  }

  #schemaOf(type: ts.Type): Schema {
    const simple = this.#simpleSchemaOf(type);
    if (simple !== undefined) return simple;
    if (type.isUnion()) {
      const present = type.types.filter((each) => !isAbsent(each));
      const anyOf = present.map((each) => this.#schemaOf(each));
      return anyOf.length === 1 && anyOf[0] !== undefined ? anyOf[0] : { anyOf };
    }
    // The SDK writes an open enumeration as `'a' | 'b' | (string & {})`.
    if (type.isIntersection() && type.types.some(isText)) return { type: 'string' };
    if (this.#checker.isArrayType(type)) {
      // `isArrayType` has just said so.
      const [item] = this.#checker.getTypeArguments(type as ts.TypeReference);
      return { type: 'array', items: item === undefined ? {} : this.#schemaOf(item) };
    }
    return this.#objectSchemaOf(type);
  }

  #simpleSchemaOf(type: ts.Type): Schema | undefined {
    const { flags } = type;
    // A decimal is an object of the SDK's, and a text on the wire.
    if (type.aliasSymbol?.name === 'Decimal') return { type: 'string' };
    if (type.isStringLiteral() || type.isNumberLiteral()) return { const: type.value };
    if (flags & ts.TypeFlags.BooleanLiteral) {
      return { const: this.#checker.typeToString(type) === 'true' };
    }
    if (flags & ts.TypeFlags.Null) return { type: 'null' };
    if (flags & ts.TypeFlags.Boolean) return { type: 'boolean' };
    if (flags & ts.TypeFlags.StringLike) return { type: 'string' };
    if (flags & ts.TypeFlags.NumberLike) return { type: 'number' };
    if (flags & (ts.TypeFlags.Any | ts.TypeFlags.Unknown)) return {};
    return undefined;
  }

  #objectSchemaOf(type: ts.Type): Schema {
    const name = this.#nameOf(type);
    if (name === undefined) return this.#closedObjectOf(type);
    if (this.definitions[name] === undefined) {
      this.definitions[name] = {}; // named before it is walked: types refer to themselves
      this.definitions[name] = this.#closedObjectOf(type);
    }
    return { $ref: `#/definitions/${encodeURIComponent(name)}` };
  }

  #closedObjectOf(type: ts.Type): Schema {
    const properties: Record<string, Schema> = {};
    const required: string[] = [];
    for (const property of this.#checker.getPropertiesOfType(type)) {
      const its = this.#checker.getTypeOfSymbol(property);
      if (its.getCallSignatures().length > 0 || isNever(its)) continue;
      properties[property.name] = this.#schemaOf(its);
      if (!(property.flags & ts.SymbolFlags.Optional)) required.push(property.name);
    }
    const index = this.#checker.getIndexInfoOfType(type, ts.IndexKind.String);
    const isOpen = index === undefined && Object.keys(properties).length === 0;
    const rest = index === undefined ? isOpen : this.#schemaOf(index.type);
    return { type: 'object', properties, required, additionalProperties: rest };
  }

  #nameOf(type: ts.Type): string | undefined {
    const { symbol } = type;
    if (symbol === undefined || !(symbol.flags & ts.SymbolFlags.Interface)) return undefined;
    const path = this.#checker.getFullyQualifiedName(symbol).replace(/^".*?\/(cjs|esm)\//, '');
    const type_ = this.#checker.typeToString(type, undefined, ts.TypeFormatFlags.NoTruncation);
    return `${path.replaceAll(/"|\.js/g, '')}:${type_}`;
  }
}

const isText = (type: ts.Type): boolean => (type.flags & ts.TypeFlags.StringLike) !== 0;

const isAbsent = (type: ts.Type): boolean =>
  (type.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) !== 0;

/** A field that is declared `void` is one that an answer never carries. */
const isNever = (type: ts.Type): boolean =>
  isAbsent(type) || (type.isUnion() && type.types.every(isAbsent));
