import type { TranslationBundle } from '@jupyterlab/translation';
import type { ModelVersion } from '../../api';
import { formatBytes, formatMoment, formatValue } from '../basics/format';

/** One fact about some versions of a model, a text for each; empty where nobody knows. */
export interface IFactRow {
  label: string;
  texts: readonly string[];
  differs: boolean;
}

/** Facts of one kind. */
export interface IFactGroup {
  label: string;
  rows: readonly IFactRow[];
}

type Reader = (version: ModelVersion) => string;

/** What is known about some versions, side by side: a fact that nobody knows of any of them is left out. */
export function factsOf(
  trans: TranslationBundle,
  versions: readonly ModelVersion[]
): readonly IFactGroup[] {
  const groups: [string, [string, Reader][]][] = [
    [trans.__('Model'), modelFacts(trans)],
    [
      trans.__('Metrics'),
      named(
        versions,
        version => version.metrics,
        value => formatValue(Number(value))
      )
    ],
    [
      trans.__('Parameters'),
      named(
        versions,
        version => version.lineage.parameters,
        value => written(value)
      )
    ],
    [trans.__('Where it came from'), lineageFacts(trans)],
    [trans.__('What it takes and gives'), signatureFacts(trans)]
  ];
  return groups
    .map(([label, facts]) => ({ label, rows: rowsOf(facts, versions) }))
    .filter(({ rows }) => rows.length > 0);
}

function rowsOf(
  facts: readonly [string, Reader][],
  versions: readonly ModelVersion[]
): readonly IFactRow[] {
  return facts
    .map(([label, read]) => {
      const texts = versions.map(read);
      return { label, texts, differs: new Set(texts).size > 1 };
    })
    .filter(({ texts }) => texts.some(text => text !== ''));
}

function modelFacts(trans: TranslationBundle): [string, Reader][] {
  return [
    [trans.__('Note'), ({ note }) => note],
    [trans.__('Aliases'), ({ aliases }) => aliases.map(alias => `@${alias}`).join(' ')],
    [trans.__('Task'), ({ task }) => task],
    [trans.__('Format'), ({ format }) => format],
    [trans.__('Script'), ({ script }) => script ?? ''],
    [trans.__('Classes'), ({ classes }) => classes.join(', ')],
    [trans.__('Size'), ({ size }) => formatBytes(size)],
    [trans.__('SHA-256'), ({ sha256 }) => sha256],
    [trans.__('Registered'), ({ created }) => formatMoment(created)],
    [trans.__('By'), ({ owner }) => owner],
    [trans.__('Builds types'), ({ types }) => types.join(', ')],
    [
      trans.__('Trusted'),
      ({ trust }) => (trust ? trans.__('by %1: %2', trust.by, trust.reason) : '')
    ]
  ];
}

function lineageFacts(trans: TranslationBundle): [string, Reader][] {
  return [
    [trans.__('Data'), ({ lineage }) => lineage.data ?? ''],
    [trans.__('SHA-256 of the data'), ({ lineage }) => lineage.data_hash ?? ''],
    [trans.__('Environment'), ({ environment }) => environment ?? ''],
    [trans.__('SHA-256 of its packages'), ({ lineage }) => lineage.lock_hash ?? ''],
    [trans.__('Script of the job'), ({ lineage }) => lineage.code.script ?? ''],
    [trans.__('SHA-256 of the script'), ({ lineage }) => lineage.code.sha256 ?? ''],
    [
      trans.__('Commit'),
      ({ lineage: { code } }) =>
        code.commit && code.dirty ? trans.__('%1, with changes', code.commit) : (code.commit ?? '')
    ]
  ];
}

function signatureFacts(trans: TranslationBundle): [string, Reader][] {
  return [
    [trans.__('Inputs'), ({ signature }) => tensors(signature.inputs)],
    [trans.__('Outputs'), ({ signature }) => tensors(signature.outputs)]
  ];
}

/** A row for each name that any of the versions has. */
function named(
  versions: readonly ModelVersion[],
  values: (version: ModelVersion) => Readonly<Record<string, unknown>>,
  format: (value: unknown) => string
): [string, Reader][] {
  const names = [...new Set(versions.flatMap(version => Object.keys(values(version))))];
  return names.map(name => [
    name,
    version => {
      const found = new Map(Object.entries(values(version)));
      return found.has(name) ? format(found.get(name)) : '';
    }
  ]);
}

/** Tensors in a line each: `features FP32 [-1, 20]`. What training code wrote may be anything. */
function tensors(given: unknown): string {
  if (!Array.isArray(given)) {
    return '';
  }
  return given
    .filter(one => typeof one === 'object' && one !== null)
    .map((one: Record<string, unknown>) =>
      [one.name, one.datatype, written(one.shape)].map(String).join(' ')
    )
    .join('\n');
}

function written(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}
