import type { TranslationBundle } from '@jupyterlab/translation';
import { UseSignal } from '@jupyterlab/ui-components';
import React from 'react';
import type { Alert } from '../../api';
import { AlertFields } from '../../components/alerts/fields';
import { useTrans } from '../../components/basics/context';
import { formatMoment } from '../../components/basics/format';
import type { AlertsModel } from './model';

/** The rules of a job, and below each what it raised. */
export function AlertsBody({ model }: { model: AlertsModel }): React.JSX.Element {
  const trans = useTrans();
  return (
    <UseSignal signal={model.changed}>
      {() => (
        <div className="crispdm-RunForm">
          <p className="crispdm-Said">
            {trans.__(
              'Its curves are watched from their first point on; each alert is raised once.'
            )}
          </p>
          {model.isReady ? (
            <AlertFields
              alerts={model.fields}
              error={model.error}
              metrics={model.metrics}
              notes={model.raised.map(alert => noteOf(trans, alert))}
              onChange={fields => model.change(fields)}
            />
          ) : (
            <p role={model.error ? 'alert' : 'status'}>{model.error || trans.__('Loading…')}</p>
          )}
        </div>
      )}
    </UseSignal>
  );
}

function noteOf(trans: TranslationBundle, alert: Alert | null): string {
  if (alert === null) {
    return '';
  }
  const { time, reason } = alert;
  return time === null
    ? trans.__('Raised: %1', reason)
    : trans.__('Raised %1: %2', formatMoment(new Date(time * 1000).toISOString()), reason);
}
