// One document, run by graphql-js as it is and as Daybook merges it, over values that are made from their places.
import {
  execute,
  getNamedType,
  getNullableType,
  getOperationAST,
  GraphQLError,
  isAbstractType,
  isCompositeType,
  isEnumType,
  isListType,
  isNonNullType,
  isObjectType,
  Kind,
  OverlappingFieldsCanBeMergedRule,
  parse,
  print,
  SchemaMetaFieldDef,
  specifiedRules,
  TypeMetaFieldDef,
  TypeNameMetaFieldDef,
  validate,
} from 'graphql';
import { chance } from './documents.mjs';

export class Comparison {
  constructor(schema) {
    this.schema = schema;
    this.counts = {
      compared: 0,
      'refused by both': 0,
      'beyond the bounds': 0,
      'refused by graphql-js alone': 0,
    };
  }

  /** What is wrong with Daybook's answer to a request; nothing if all is well. */
  of(request, answer, seed) {
    const whole = this.run(request.query, request, seed);
    if (answer.refused === 'TOO_COMPLEX') {
      this.counts['beyond the bounds'] += 1;
      return undefined;
    }
    // A condition that is null fails for graphql-js only where there is a value for it, for Daybook at once.
    if (answer.refused && answer.message.endsWith('must be a Boolean') && Object.values(request.variables).includes(null)) {
      whole.refused ??= 'a condition is null';
    }
    if (answer.refused) {
      this.counts['refused by both'] += whole.refused ? 1 : 0;
      return whole.refused ? undefined : `only Daybook refuses it (${answer.refused})`;
    }
    if (whole.conflict) return `Daybook merges what conflicts: ${whole.conflict}`;
    if (whole.refused) {
      // Such as fields that conflict where one of them is left out, or fragments on what a value never is. Daybook
      // validates once more, after merging.
      this.counts['refused by graphql-js alone'] += 1;
      return undefined;
    }
    const merged = this.run(answer.merged, request, seed, OWN_RULES);
    if (merged.refused) return `graphql-js refuses what is merged: ${merged.refused}`;
    const unmerged = this.notMerged(parse(answer.merged));
    if (unmerged) return `not merged: ${unmerged}`;
    this.counts.compared += 1;
    for (const part of ['data', 'errors', 'calls']) {
      const [one, other] = [JSON.stringify(whole[part]), JSON.stringify(merged[part])];
      if (one !== other) return `other ${part}:\n# as it is: ${one}\n# merged:   ${other}`;
    }
    return undefined;
  }

  /** The answer of graphql-js, and why it refuses the document, if it does. */
  run(query, { operationName, variables }, seed, rules = specifiedRules) {
    const { schema } = this;
    const document = parse(query);
    if (!getOperationAST(document, operationName)) return { refused: 'no such operation' };
    const seen = { calls: [], conflict: undefined };
    const { data, errors = [] } = execute({
      schema,
      document,
      operationName,
      variableValues: variables,
      fieldResolver: (_, args, __, info) => resolve(schema, args, info, seed, seen),
      typeResolver: (value) => value.__typename,
    });
    // It runs even if it is invalid, to see which fields it takes for one.
    const wrong = invalid(schema, document, rules) ?? errors.find((error) => !error.message.startsWith(FAILURE));
    return { refused: wrong?.message, data, errors: errors.map(({ message, path }) => ({ message, path })), ...seen };
  }

  /** Where a document has something left to merge: each object must find each key once, and no conditions. */
  notMerged(document) {
    const [operation, ...others] = document.definitions;
    if (others.length) return 'it has more than an operation';
    return this.notMergedIn(operation.selectionSet, this.schema.getRootType(operation.operation));
  }

  notMergedIn(set, type) {
    const objects = isAbstractType(type) ? this.schema.getPossibleTypes(type) : [type];
    const keys = new Map(objects.map((object) => [object.name, new Set()]));
    const add = (key, names) => names.every((name) => keys.get(name).size < keys.get(name).add(key).size);
    const fieldsOf = (selections, on, names) => {
      for (const field of selections) {
        if (field.kind !== Kind.FIELD) return `a fragment on ${on.name}`;
        if (field.directives.length) return `directives of ${field.name.value}`;
        if (!add(field.alias?.value ?? field.name.value, names)) return `${field.name.value} again on ${on.name}`;
        const of = this.typeOf(on, field.name.value);
        const inner = field.selectionSet && this.notMergedIn(field.selectionSet, of);
        if (inner) return inner;
      }
      return undefined;
    };
    // What is left with nothing says so by a field that is always left out.
    if (print(set) === NOTHING) return undefined;
    const fragments = set.selections.filter((selection) => selection.kind !== Kind.FIELD);
    if (fragments.length === 0) return fieldsOf(set.selections, type, [...keys.keys()]);
    if (fragments.length < set.selections.length) return `fields beside fragments on ${type.name}`;
    for (const fragment of fragments) {
      const on = fragment.typeCondition && this.schema.getType(fragment.typeCondition.name.value);
      if (!isObjectType(on) || fragment.directives.length) return `a fragment on ${type.name}`;
      const inner = fieldsOf(fragment.selectionSet.selections, on, [on.name]);
      if (inner) return inner;
    }
    return undefined;
  }

  typeOf(parent, name) {
    const meta = [SchemaMetaFieldDef, TypeMetaFieldDef, TypeNameMetaFieldDef];
    const field = parent.getFields?.()[name] ?? meta.find((field) => field.name === name);
    return getNamedType(field.type);
  }
}

function invalid(schema, document, rules) {
  try {
    return validate(schema, document, rules)[0];
  } catch (error) {
    // The rule for subscriptions throws at a condition that has no value.
    if (error instanceof GraphQLError) return error;
    throw error;
  }
}

// Merged, a field of an interface is selected once for each object, which may narrow its type: nothing conflicts in
// that. That no key is there twice is looked at apart.
const OWN_RULES = specifiedRules.filter((rule) => rule !== OverlappingFieldsCanBeMergedRule);

const NOTHING = print(parse('{ __typename @skip(if: true) }'));
const FAILURE = 'failed: ';

/** A value that depends on nothing but the seed, its place and the arguments. */
function resolve(schema, args, info, seed, seen) {
  if (new Set(info.fieldNodes.map(selected)).size > 1) seen.conflict ??= info.fieldNodes.map(selected).join(' and ');
  const place = [];
  for (let step = info.path; step; step = step.prev) place.unshift(step.key);
  const call = `${place.join('.')} ${info.parentType.name}.${info.fieldName}(${JSON.stringify(args)})`;
  seen.calls.push(call);
  const random = chance(hash(`${seed} ${call}`));
  const nullable = !isNonNullType(info.returnType);
  if (random.likely(nullable ? 0.06 : 0.01)) throw new Error(FAILURE + call);
  return made(schema, info.returnType, random, call);
}

/** What a field selects, without its key and what is selected of it. */
function selected(field) {
  return `${field.name.value}(${field.arguments.map(print).sort().join(', ')})`;
}

function made(schema, type, random, call) {
  if (!isNonNullType(type) && random.likely(0.1)) return null;
  const present = getNullableType(type);
  if (isListType(present)) {
    return Array.from({ length: random.below(4) }, (_, index) => made(schema, present.ofType, random, `${call} ${index}`));
  }
  if (isCompositeType(present)) {
    const objects = isAbstractType(present) ? schema.getPossibleTypes(present) : [present];
    return { __typename: random.of(objects).name };
  }
  if (isEnumType(present)) return random.of(present.getValues()).value;
  switch (present.name) {
    case 'Int':
      return random.below(1000);
    case 'Float':
      return random.below(1000) / 8;
    case 'Boolean':
      return random.likely(0.5);
    default:
      return `${call} ${random.below(1e9)}`;
  }
}

function hash(text) {
  let value = 0x811c9dc5;
  for (let at = 0; at < text.length; at += 1) value = Math.imul(value ^ text.charCodeAt(at), 0x01000193);
  return value;
}
