// Random documents over a schema. Most are valid, say the same thing in many ways (fields again, fragments within
// fragments, conditions) and stay within the bounds of a server that takes strangers' documents; some are wild.
import {
  doTypesOverlap,
  getNamedType,
  getNullableType,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  isRequiredArgument,
  isRequiredInputField,
  parseType,
  SchemaMetaFieldDef,
  typeFromAST,
  TypeMetaFieldDef,
} from 'graphql';

const MAX_DEPTH = 6;
const MAX_LEVELS = 13;
const MAX_FIELDS = 70;
const MAX_ALIASES = 28;
const MAX_DIRECTIVES = 18;
const STRINGS = ['""', '"a"', '"b"', '"ü \\"q\\" \\u0041\\n"', '"""\n  block\n    of "lines"\n"""'];

/** A source of chance that gives the same for the same seed (mulberry32). */
export function chance(seed) {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    likely: (share) => next() < share,
    below: (end) => Math.floor(next() * end),
    of: (items) => items[Math.floor(next() * items.length)],
  };
}

/** A document with the variables and the operation to run. */
export function randomRequest(schema, seed) {
  return new Author(schema, chance(seed)).request();
}

class Author {
  constructor(schema, random) {
    this.schema = schema;
    this.random = random;
    this.wild = random.likely(0.15);
    this.composites = Object.values(schema.getTypeMap()).filter(
      (type) => isCompositeType(type) && !type.name.startsWith('__'),
    );
    this.fields = 0;
    this.aliases = 0;
    this.directives = 0;
    /** Finished fragments: name, type, levels, text. */
    this.fragments = [];
    this.variables = new Map();
    /** By the name of a field, the arguments with which it was selected, and the key of each. */
    this.variants = new Map();
  }

  request() {
    const { random, schema } = this;
    const kind = random.of(['query', 'query', 'query', 'query', 'mutation', 'mutation', 'subscription']);
    const root = { query: schema.getQueryType(), mutation: schema.getMutationType(), subscription: schema.getSubscriptionType() }[kind];
    const set = kind === 'subscription' && !this.wild ? this.oneField(root) : this.set(root, 0).text;
    const variables = [...this.variables.values()];
    const declared = variables.length ? `(${variables.map((variable) => variable.declared).join(', ')})` : '';
    const named = random.likely(0.5);
    const parts = [`${kind}${named ? ' Wanted' : ''}${declared} ${set}`, ...this.fragments.map((it) => it.text)];
    if (named && random.likely(0.3)) parts.push('query Other { __typename }');
    const given = variables.filter((variable) => variable.value !== undefined);
    return {
      query: kind === 'query' && !named && !declared && random.likely(0.5) ? parts.join('\n').slice(6) : parts.join('\n'),
      operationName: named && (parts.length > 1 || random.likely(0.5)) ? 'Wanted' : undefined,
      variables: Object.fromEntries(given.map((variable) => [variable.name, variable.value])),
    };
  }

  /** A subscription has one field, but may say so more than once. */
  oneField(root) {
    const { random } = this;
    const field = random.of(Object.values(root.getFields()));
    const variant = this.variant(field);
    const texts = [];
    for (let times = 1 + random.below(2); times > 0; times -= 1) {
      const text = this.field(root, field, 0, variant).text;
      texts.push(random.likely(0.3) ? `... on ${root.name} { ${text} }` : text);
    }
    return `{ ${texts.join(' ')} }`;
  }

  /** A selection set on a type, and how many levels of fields it has. */
  set(type, depth) {
    const { random } = this;
    const items = [];
    let levels = 0;
    const add = (item) => {
      if (item) {
        items.push(item.text);
        levels = Math.max(levels, item.levels);
      }
    };
    for (let count = 1 + random.below(depth < 3 ? 5 : 3); count > 0; count -= 1) {
      const what = random.below(100);
      if (what < 60) add(this.anyField(type, depth));
      else if (what < 82) add(this.inline(type, depth));
      else add(this.spread(type, depth));
    }
    if (items.length === 0) add({ text: '__typename', levels: 1 });
    return { text: `{ ${items.join(' ')} }`, levels };
  }

  anyField(type, depth) {
    const { random } = this;
    if (random.likely(0.08) || !type.getFields) return this.leaf('__typename');
    const introspection = type.name.startsWith('__');
    const all = Object.values(type.getFields());
    if (type === this.schema.getQueryType() && random.likely(0.04)) all.push(SchemaMetaFieldDef, TypeMetaFieldDef);
    const deep = depth >= (introspection ? 3 : MAX_DEPTH) || this.fields > MAX_FIELDS;
    const fields = all.filter((field) => {
      const of = getNamedType(field.type);
      // The lists of introspection lead everywhere.
      return isLeafType(of) || (!deep && !(introspection && depth > 1 && isListType(getNullableType(field.type))));
    });
    if (fields.length === 0) return this.leaf('__typename');
    // Lists and abstract types are where merging is hard.
    const hard = fields.filter((field) => isCompositeType(getNamedType(field.type)));
    const field = hard.length && random.likely(0.4) ? random.of(hard) : random.of(fields);
    return this.field(type, field, depth, this.variant(field));
  }

  leaf(name) {
    return { text: `${name}${this.conditions()}`, levels: 1 };
  }

  field(type, field, depth, variant) {
    this.fields += 1;
    const of = getNamedType(field.type);
    let { key } = variant;
    // Then one key may be that of different fields, or of different arguments.
    if (this.wild && this.random.likely(0.05)) key = this.random.of(['a', 'id', 'name']);
    if (this.wild && this.random.likely(0.3)) key = field.name;
    const alias = key === field.name ? '' : `${key}: `;
    this.aliases += alias ? 1 : 0;
    const start = `${alias}${field.name}${variant.text}${this.conditions()}`;
    if (isLeafType(of)) return { text: start, levels: 1 };
    const inner = this.set(of, depth + 1);
    return { text: `${start} ${inner.text}`, levels: 1 + inner.levels };
  }

  /** Arguments for a field and the key that selections with just these arguments share in the whole document. */
  variant(field) {
    const { random } = this;
    const signature = `${field.name}(${field.args.map((argument) => `${argument.name}: ${argument.type}`)})`;
    const known = this.variants.get(field.name) ?? [];
    this.variants.set(field.name, known);
    const same = known.filter((variant) => variant.signature === signature);
    if (same.length && random.likely(this.aliases < MAX_ALIASES ? 0.7 : 1)) return this.shuffled(random.of(same));
    const again = random.likely(0.1) && this.aliases < MAX_ALIASES;
    const args = field.args.flatMap((argument) => {
      const page = argument.name === 'first' && random.likely(0.9);
      if (!isRequiredArgument(argument) && !page && !random.likely(0.12)) return [];
      return [`${argument.name}: ${this.value(argument.type)}`];
    });
    const found = same.find((variant) => `${variant.args}` === `${args}`);
    if (found && !again) return found;
    const key = known.length === 0 && !again ? field.name : `${field.name}${known.length}`;
    const variant = { signature, args, key, text: args.length ? `(${args.join(' ')})` : '' };
    known.push(variant);
    return variant;
  }

  /** The same arguments in another order. */
  shuffled(variant) {
    if (variant.args.length < 2 || this.random.likely(0.5)) return variant;
    const start = 1 + this.random.below(variant.args.length - 1);
    return { ...variant, text: `(${[...variant.args.slice(start), ...variant.args.slice(0, start)].join(', ')})` };
  }

  inline(type, depth) {
    const { random } = this;
    if (this.fields > MAX_FIELDS) return undefined;
    const on = random.likely(0.2) ? undefined : this.condition(type);
    // Fragments within fragments make no levels of fields, but must end.
    const inner = this.set(on ?? type, depth + (random.likely(0.7) ? 1 : 0));
    return { text: `...${on ? ` on ${on.name}` : ''}${this.conditions()} ${inner.text}`, levels: inner.levels };
  }

  spread(type, depth) {
    const { random } = this;
    const fits = (fragment) =>
      depth + fragment.levels <= MAX_LEVELS && (doTypesOverlap(this.schema, fragment.type, type) || (this.wild && random.likely(0.02)));
    let fragment = random.likely(0.6) ? random.of(this.fragments.filter(fits)) : undefined;
    if (!fragment) {
      if (this.fields > MAX_FIELDS || this.fragments.length > 8) return undefined;
      const on = this.condition(type);
      const { text, levels } = this.set(on, depth + 1);
      const name = `F${this.fragments.length}`;
      fragment = { name, type: on, levels, text: `fragment ${name} on ${on.name} ${text}` };
      this.fragments.push(fragment);
    }
    return { text: `...${fragment.name}${this.conditions()}`, levels: fragment.levels };
  }

  /** A type for a fragment within a value of `type`: itself, or one that has values in common with it. */
  condition(type) {
    const { random } = this;
    if (random.likely(0.25) || type.name.startsWith('__')) return type;
    if (this.wild && random.likely(0.03)) return random.of(this.composites);
    const others = this.composites.filter((other) => doTypesOverlap(this.schema, type, other));
    const abstract = others.filter(isAbstractType);
    return abstract.length && random.likely(0.3) ? random.of(abstract) : random.of(others);
  }

  conditions() {
    const { random } = this;
    let text = '';
    while (this.directives < MAX_DIRECTIVES && random.likely(0.1)) {
      this.directives += 1;
      const name = text.includes('@skip') ? 'include' : random.of(['skip', 'include']);
      if (text.includes(`@${name}`)) break;
      // What is left out most of the time hides what is wrong.
      const value = random.likely(0.5) ? `${random.likely(0.3) === (name === 'skip')}` : this.variable('Boolean!');
      text += ` @${name}(if: ${value})`;
    }
    return text;
  }

  /** A variable that may stand where a type is wanted. */
  variable(wanted) {
    const { random } = this;
    const known = [...this.variables.values()].filter((variable) => variable.wanted === wanted);
    if (known.length && random.likely(0.7)) return `$${random.of(known).name}`;
    const name = `v${this.variables.size}`;
    const type = typeFromAST(this.schema, parseType(wanted));
    let declared = `$${name}: ${wanted}`;
    let value = this.given(type);
    if (random.likely(0.3)) {
      // With a default, it may be of the nullable type, and be left out.
      const nullable = wanted.replace(/!$/, '');
      declared = `$${name}: ${random.likely(0.5) ? wanted : nullable} = ${this.present(getNullableType(type), true)}`;
      if (random.likely(0.5)) value = undefined;
      else if (this.wild && random.likely(0.1)) value = null;
    } else if (!wanted.endsWith('!')) {
      if (random.likely(0.3)) declared += '!';
      else if (random.likely(0.4)) value = random.of([undefined, null]);
    } else if (this.wild && random.likely(0.15)) {
      if (random.likely(0.5)) declared = declared.slice(0, -1);
      value = random.of([undefined, null]);
    }
    this.variables.set(name, { name, wanted, declared, value });
    return `$${name}`;
  }

  /** The text of a value of a type. */
  value(type, constant = false) {
    const { random } = this;
    if (!constant && random.likely(0.2)) return this.variable(`${type}`);
    if (isNonNullType(type)) return this.present(type.ofType, constant);
    return random.likely(0.05) ? 'null' : this.present(type, constant);
  }

  present(type, constant) {
    const { random } = this;
    if (isListType(type)) {
      if (random.likely(0.1) && !isListType(getNullableType(type.ofType))) return this.value(type.ofType, constant);
      return `[${Array.from({ length: random.below(3) }, () => this.value(type.ofType, constant)).join(', ')}]`;
    }
    if (isEnumType(type)) return random.of(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter((field) => isRequiredInputField(field) || random.likely(0.15));
      if (random.likely(0.5)) fields.reverse();
      return `{ ${fields.map((field) => `${field.name}: ${this.value(field.type, constant)}`).join(', ')} }`;
    }
    switch (type.name) {
      case 'Int':
        return `${random.below(3)}`;
      case 'Float':
        return random.of(['0.5', '-1e3', '2']);
      case 'Boolean':
        return `${random.likely(0.5)}`;
      case 'ID':
        return random.of(['"cus_1"', '"rec_2"', '7']);
      case 'JSON':
        return random.of(['{}', '{ a: 1, b: [true, null, "x"], c: { d: 0.5 } }', '[]', '-3', 'null']);
      default:
        return random.of(STRINGS);
    }
  }

  /** The value of a variable. */
  given(type) {
    const { random } = this;
    if (isNonNullType(type)) return this.given(type.ofType);
    if (isListType(type)) return Array.from({ length: random.below(3) }, () => this.given(type.ofType));
    if (isEnumType(type)) return random.of(type.getValues()).name;
    if (isInputObjectType(type)) {
      const fields = Object.values(type.getFields()).filter((field) => isRequiredInputField(field) || random.likely(0.15));
      return Object.fromEntries(fields.map((field) => [field.name, this.given(field.type)]));
    }
    if (type.name === 'Int') return random.below(3);
    if (type.name === 'Float') return 0.5;
    if (type.name === 'Boolean') return random.likely(0.5);
    return random.of(['a', 'b', 'c']);
  }
}
