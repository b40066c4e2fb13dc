/** Keys of commands that were sent and whose fact has not come yet. */
export class PendingCommands {
  constructor(private readonly _changed: () => void) {}

  has(key: string): boolean {
    return this._keys.has(key);
  }

  /** Run a command; its key stays pending until `settle`, or until the command is refused. */
  run<T>(key: string, command: () => Promise<T>): Promise<T> {
    return this.runAll([key], command);
  }

  /** Run one command that is for several keys. */
  async runAll<T>(keys: readonly string[], command: () => Promise<T>): Promise<T> {
    keys.forEach(key => this._keys.add(key));
    this._changed();
    try {
      return await command();
    } catch (error) {
      keys.forEach(key => this.settle(key));
      this._changed();
      throw error;
    }
  }

  /** The fact came. */
  settle(key: string): void {
    this._keys.delete(key);
  }

  private readonly _keys = new Set<string>();
}
