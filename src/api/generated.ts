/** Written from the contract by hand; replaced by `npm run api`. */
export interface components {
  schemas: {
    Job: {
      id: string;
      name: string;
      kind: 'command' | 'script' | 'notebook';
      state:
        | 'queued'
        | 'starting'
        | 'running'
        | 'stopping'
        | 'succeeded'
        | 'failed'
        | 'stopped'
        | 'lost';
      owner: string;
      environment: string;
      command: string[];
      cwd: string;
      created: string;
      started?: string | null;
      ended?: string | null;
      pid?: number | null;
      exit_code?: number | null;
      signal?: string | null;
      reason?: string;
      attempt?: number;
      progress?: components['schemas']['Progress'] | null;
      resources?: components['schemas']['Resources'] | null;
      parameters?: Record<string, unknown>;
      tags?: string[];
    };
    Progress: { done: number; total?: number | null; message?: string };
    Resources: { cpu_percent: number; memory_bytes: number };
    JobList: { jobs: components['schemas']['Job'][] };
    Submission: {
      command?: string[] | null;
      script?: string | null;
      notebook?: string | null;
      args?: string[];
      parameters?: Record<string, unknown>;
      environment?: string;
      name?: string | null;
      cwd?: string | null;
      env?: Record<string, string>;
      timeout?: number | null;
      retries?: number;
      after?: string[];
      tags?: string[];
      id?: string | null;
    };
    Artifact: { path: string; size: number; modified: string };
    ArtifactList: { artifacts: components['schemas']['Artifact'][] };
    KernelInfo: { name: string; ready: boolean; reason?: string };
    Environment: {
      id: string;
      name: string;
      kind: string;
      prefix: string;
      python: string;
      version: string;
      kernel: components['schemas']['KernelInfo'];
      usable?: boolean;
      reason?: string;
    };
    EnvironmentList: { environments: components['schemas']['Environment'][] };
    ModelVersion: {
      name: string;
      version: number;
      format: string;
      task: string;
      classes: string[];
      signature: Record<string, unknown>;
      metadata: Record<string, unknown>;
      job: string | null;
      environment: string | null;
      created: string;
      size: number;
      sha256: string;
      aliases?: string[];
    };
    Model: {
      name: string;
      latest: number;
      aliases: Record<string, number>;
      versions: components['schemas']['ModelVersion'][];
    };
    ModelList: { models: components['schemas']['Model'][] };
    Deployment: {
      id: string;
      model: string;
      version: number;
      environment: string | null;
      workers: number;
      state: 'starting' | 'ready' | 'failed' | 'stopped';
      reason?: string;
      url: string;
      created: string;
    };
    DeploymentList: { deployments: components['schemas']['Deployment'][] };
    ErrorBody: { message: string; reason: string; code: string; details?: Record<string, unknown> };
  };
}
