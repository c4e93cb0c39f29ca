// Puts faults together and adds them to the option `fault`, which is text.

import { setText } from './dom.js';

export class FaultPicker {
  /**
   * @param {HTMLElement} root holds the choice of a fault, its parts and the button
   * @param {HTMLInputElement} field the option's own field
   */
  constructor(root, field) {
    const part = (name) => root.querySelector(`[data-part=${name}]`);
    this.field = field;
    this.kind = part('faultKind');
    this.argument = part('faultArgument');
    this.times = part('faultTimes');
    this.when = part('faultWhen');
    this.says = part('faultSays');
    this.kind.addEventListener('change', () => this.#show());
    part('addFault').addEventListener('click', () => this.#add());
    root.addEventListener('keydown', (event) => {
      if (event.key !== 'Enter' || event.target === field || event.ctrlKey || event.metaKey) return;
      event.preventDefault(); // the form would be sent
      this.#add();
    });
    this.#show();
  }

  /** Describes the fault that is chosen, and offers only the parts that it has. */
  #show() {
    const { dataset } = this.kind.selectedOptions[0];
    setText(this.says, dataset.summary);
    this.argument.disabled = !dataset.argument;
    this.argument.placeholder = dataset.argument ?? 'none';
    this.when.disabled = 'atOnce' in dataset;
  }

  #add() {
    const parts = [[':', this.argument], ['*', this.times], ['@', this.when]];
    const fault = parts.reduce((text, [sign, { disabled, value }]) => (
      disabled || !value.trim() ? text : text + sign + value.trim().replace(sign, '')), this.kind.value);
    const before = this.field.value.trim();
    this.field.value = before ? `${before},${fault}` : fault;
    this.field.dispatchEvent(new Event('input', { bubbles: true }));
  }
}
