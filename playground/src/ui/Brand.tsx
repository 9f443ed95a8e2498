import icon from '../assets/icon.svg?inline';

export function Brand() {
  return (
    <span className="brand">
      <img src={icon} alt="" width="26" height="26" />
      Daybook
    </span>
  );
}
