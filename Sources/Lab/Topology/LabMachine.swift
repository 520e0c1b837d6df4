internal import Linux

// Settings that concern the whole machine, not one namespace.
extension Lab {
    /// Sets a sysctl of the whole machine, `net.ipv4.tcp_max_orphans`, until the scenario is over; skips where the
    /// kernel is not ours alone.
    ///
    /// Whoever uses it says `alone: true`, or it disturbs what runs beside it.
    package func set(machineWide sysctl: String, to value: String) throws {
        guard let machineSettings = configuration.machineSettings else {
            try skip("\(sysctl) concerns the whole machine: only a guest may change it (--kernel)")
        }
        try machineSettings.set(sysctl, to: value)
    }

    /// Undoes every change, the last one first; done anyway when the scenario is over.
    package func restoreMachine() { configuration.machineSettings?.restore() }
}
