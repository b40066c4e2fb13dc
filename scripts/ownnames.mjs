import ts from 'typescript';

const TEXT = ts.TypeFlags.String | ts.TypeFlags.TemplateLiteral | ts.TypeFlags.StringMapping;

/**
 * Forbids to look anything up in an object by a name that only the running program knows.
 *
 * People and jobs choose such names, and each object answers to `constructor` and `__proto__`. `own(record, name)`
 * and maps know only what was put into them.
 */
export const ownNames = {
  meta: {
    type: 'problem',
    docs: { description: 'Look names up with own() or in a Map.' },
    schema: [],
    messages: {
      own: 'Any name may come: read with own(record, name), or use a Map. Objects answer to “constructor”.'
    }
  },
  create(context) {
    const types = context.sourceCode.parserServices;
    const isText = node => hasText(types.getTypeAtLocation(node));
    return {
      'MemberExpression[computed=true]'(node) {
        if (isText(node.property)) {
          context.report({ node, messageId: 'own' });
        }
      },
      'BinaryExpression[operator="in"]'(node) {
        if (isText(node.left)) {
          context.report({ node, messageId: 'own' });
        }
      }
    };
  }
};

/** Whether a type is any text, and not one of some known ones. */
function hasText(type) {
  return type.isUnionOrIntersection()
    ? type.types.some(hasText)
    : (type.flags & (TEXT | ts.TypeFlags.Any)) !== 0;
}
