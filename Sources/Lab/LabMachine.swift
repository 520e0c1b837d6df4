internal import Linux

// Settings that concern the whole machine, not one namespace.
extension Lab {
    /// Sets a sysctl of the whole machine, `net.ipv4.tcp_max_orphans`, until the scenario is over; skips where the
    /// kernel is not ours alone.
    ///
    /// Whoever uses it says `alone: true`, or it disturbs what runs beside it.
    package func set(machineWide sysctl: String, to value: String) throws {
        guard let machine = configuration.machine else {
            try skip("\(sysctl) concerns the whole machine: only a guest may change it (--kernel)")
        }
        try onMachine(machine) {
            machineSettings.append((sysctl, try machine.sysctl(sysctl)))
            try machine.setSysctl(sysctl, to: value)
        }
    }

    /// Undoes every change, the last one first; done anyway when the scenario is over.
    package func restoreMachine() {
        guard let machine = configuration.machine, !machineSettings.isEmpty else { return }
        // What could be written once can be written again.
        try? onMachine(machine) {
            for (sysctl, value) in machineSettings.reversed() { try machine.setSysctl(sysctl, to: value) }
        }
        machineSettings = []
    }

    /// Brings the thread back to the namespace it is in now: from the machine's it would go to where that was opened.
    private func onMachine(_ machine: NetworkNamespace, _ body: () throws -> Void) throws {
        try NetworkNamespace(ofCallingThread: ()).inside(body)
    }
}
