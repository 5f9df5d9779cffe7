/**
 * Where a coordinator listens, and operators on its machine dial it, when nobody says otherwise. A socket rather than a
 * port of loopback: every user of the machine reaches a port.
 */
export const defaultSocket = 'unix:/run/parbake-coordinator/coordinator.sock';
