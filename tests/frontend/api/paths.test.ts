import { describe, expect, expectTypeOf, it } from 'vitest';
import type { Accepted, Job } from '../../../src/api';
import type { IAddress } from '../../../src/api/paths';
import { at } from '../../../src/api/paths';

describe('the address of a call', () => {
  it('is its method and its path', () => {
    expect(at('GET', 'jobs')).toEqual({ method: 'GET', path: 'jobs' });
  });

  it('quotes values, so that none leaves its place', () => {
    expect(at('GET', 'jobs/{id}', { id: '../users?all#1' }).path).toBe('jobs/..%2Fusers%3Fall%231');
    expect(at('DELETE', 'environments/{id}', { id: 'für/alle' }).path).toBe(
      'environments/f%C3%BCr%2Falle'
    );
  });

  it('keeps the slashes of a path, and quotes what is between them', () => {
    const address = at('GET', 'jobs/{id}/artifacts/{path}', { id: 'j 1', path: 'plots/a b?.png' });
    expect(address.path).toBe('jobs/j%201/artifacts/plots/a%20b%3F.png');
  });

  it('puts a value in as it is, whatever a replacement may mean elsewhere', () => {
    expect(at('GET', 'jobs/{id}', { id: '$&' }).path).toBe('jobs/%24%26');
    expect(at('GET', 'jobs/{id}/artifacts/{path}', { id: '{path}', path: 'x' }).path).toBe(
      'jobs/%7Bpath%7D/artifacts/x'
    );
  });

  it('knows what is answered', () => {
    expectTypeOf(at('GET', 'jobs/{id}', { id: 'j' })).toExtend<IAddress<Job>>();
    expectTypeOf(at('POST', 'environments')).toExtend<IAddress<Accepted>>();
  });

  it('is refused by the compiler where the table of the server has none', () => {
    // @ts-expect-error there is no such path
    at('GET', 'job');
    // @ts-expect-error nothing is deleted there
    at('DELETE', 'jobs');
    // @ts-expect-error the id is missing
    at('GET', 'jobs/{id}');
    // @ts-expect-error it is no placeholder of this path
    at('GET', 'jobs/{id}', { id: 'j', name: 'x' });
    expect.assertions(0); // the compiler is the judge
  });
});
