// swift-tools-version: 6.2
import PackageDescription

// Strict Swift 6 everywhere, and no warning survives.
let strict: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

// A scenario imports the vocabulary alone. Members such as `.FIN_WAIT1` or `.EPIPE` are of modules below it, which it
// need not name: without the feature they are seen as everywhere before it.
let scenarioSettings: [SwiftSetting] = [
    .swiftLanguageMode(.v6),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .treatAllWarnings(as: .error),
]

// Swift brings this linker, which takes a third of the time of the system's.
let linker: LinkerSetting = .unsafeFlags(["-use-ld=lld"])
// Workers start by the hundred, also under emulation, where dynamic linking costs eight times the start-up time.
let fullyStatic: [LinkerSetting] = [linker, .unsafeFlags(["-static-executable"])]
// The lab needs libmnl, of which distributions ship no static library; the Swift runtime is still linked in, in any
// configuration, since guests have none. The command has it in releases, which run where there is no Swift.
// The modules are compiled for the dynamic runtime, so what FoundationEssentials rests on must be named.
func staticRuntime(_ condition: BuildSettingCondition? = nil) -> [LinkerSetting] {
    [linker, .unsafeFlags(["-static-stdlib"], condition)]
        + ["_FoundationCollections", "_FoundationCShims", "swiftSynchronization"].map { .linkedLibrary($0, condition) }
}

// What `--version` says; the Makefile knows it from git.
let revision = Context.environment["TCPWITNESS_REVISION"] ?? ""

let package = Package(
    name: "tcpwitness",
    products: [
        .executable(name: "tcpwitness", targets: ["tcpwitness"]),
        .executable(name: "tcpwitness-lab", targets: ["tcpwitness-lab"]),
        .executable(name: "tcpwitness-worker", targets: ["tcpwitness-worker"]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2")
    ],
    targets: [
        .target(name: "CLinux", cSettings: [.define("_GNU_SOURCE"), .unsafeFlags(["-Wall", "-Wextra", "-Werror"])]),
        .target(name: "CBuild", cSettings: [.define("TCPWITNESS_REVISION", to: "\"\(revision)\"")]),
        .systemLibrary(
            name: "CMnl", pkgConfig: "libmnl", providers: [.apt(["libmnl-dev"]), .yum(["libmnl-devel"])]),
        .systemLibrary(
            name: "CSQLite", pkgConfig: "sqlite3", providers: [.apt(["libsqlite3-dev"]), .yum(["sqlite-devel"])]),
        .target(name: "Linux", dependencies: ["CLinux"], swiftSettings: strict),
        .target(name: "Netlink", dependencies: ["CMnl", "Linux", "SockDiag"], swiftSettings: strict),
        .target(name: "SockDiag", dependencies: ["Linux"], swiftSettings: strict),
        .target(name: "Packets", dependencies: ["Linux"], swiftSettings: strict),
        .target(name: "Tracing", dependencies: ["Linux", "SockDiag"], swiftSettings: strict),
        .target(name: "Record", swiftSettings: strict),
        .target(name: "Judge", dependencies: ["Record"], swiftSettings: strict),
        .target(name: "Health", dependencies: ["Judge", "Linux", "Record"], swiftSettings: strict),
        .target(name: "Invariants", dependencies: ["Linux", "Packets", "Record"], swiftSettings: strict),
        .target(name: "Worker", dependencies: ["CLinux", "Linux"], swiftSettings: strict),
        .target(
            name: "Acts", dependencies: ["Linux", "Packets", "Record", "SockDiag", "Tracing", "Worker"],
            swiftSettings: strict),
        .target(
            name: "Lab",
            dependencies: [
                "Acts", "Health", "Invariants", "Judge", "Linux", "Netlink", "Packets", "Record", "SockDiag",
                "Tracing", "Worker",
            ],
            swiftSettings: strict),
        .target(
            name: "Engine",
            dependencies: [
                "Acts", "Health", "Judge", "Lab", "Linux", "Packets", "Record", "SockDiag", "Worker",
            ],
            swiftSettings: strict),
        .target(
            name: "Sequences",
            dependencies: ["Acts", "Linux", "Packets", "Record", "SockDiag", "Tracing", "Worker"],
            swiftSettings: strict),
        // What documents claim, as data.
        .target(name: "Documents", path: "Harness/Documents", swiftSettings: strict),
        .target(
            name: "Vocabulary",
            dependencies: ["Acts", "Documents", "Linux", "Packets", "Record", "SockDiag", "Tracing", "Worker"],
            path: "Harness/Vocabulary", exclude: ["README.md"], swiftSettings: strict),
        .target(
            name: "Report",
            dependencies: ["Compare", "JUnitXML", "Pages", "Record"],
            resources: [
                .embedInCode("HTML/layout.js"), .embedInCode("HTML/ladder.js"), .embedInCode("HTML/segment.js"),
                .embedInCode("HTML/table.js"), .embedInCode("HTML/page.js"),
            ], swiftSettings: strict),
        .target(
            name: "Pages", resources: [.embedInCode("style.css"), .embedInCode("frame.js")], swiftSettings: strict),
        .target(name: "Compare", dependencies: ["JUnitXML", "Record"], swiftSettings: strict),
        .target(
            name: "Explore", dependencies: ["Acts", "Compare", "Linux", "Record", "Sequences"], swiftSettings: strict),
        .target(name: "JUnitXML", swiftSettings: strict),
        .target(
            name: "History",
            dependencies: ["CSQLite", "Pages", "Record"], resources: [.embedInCode("trends.js")],
            swiftSettings: strict),
        .target(
            name: "Baselines", dependencies: ["Compare"], path: "Harness/Baselines",
            exclude: ["5.10.json", "6.1.json", "6.12.json", "7.2.json"],
            sources: [
                "KnownChanges.swift", "KnownChangesForgery.swift", "KnownChangesSettings.swift",
                "KnownChangesTimeWait.swift",
            ],
            swiftSettings: strict),
        .target(
            name: "Scenarios", dependencies: ["Acts", "Vocabulary"], path: "Harness/Scenarios",
            swiftSettings: scenarioSettings),
        .target(
            name: "Kernels", path: "Harness/Kernels", exclude: ["small.config"], swiftSettings: strict),
        .target(name: "Guest", dependencies: ["Kernels", "Linux"], swiftSettings: strict),
        .executableTarget(
            name: "tcpwitness",
            dependencies: [
                "Acts", "Baselines", "CBuild", "Compare", "Documents", "Explore", "Guest", "History", "Invariants",
                "Kernels",
                "Linux",
                "Record",
                "Report",
                "Scenarios", "Sequences",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ], swiftSettings: strict, linkerSettings: staticRuntime(.when(configuration: .release))),
        .executableTarget(
            name: "tcpwitness-lab",
            dependencies: [
                "Acts", "Engine", "Health", "Lab", "Linux", "Netlink", "Record", "Scenarios", "Sequences", "Tracing",
            ],
            swiftSettings: strict,
            linkerSettings: staticRuntime()),
        .executableTarget(
            name: "tcpwitness-worker", dependencies: ["Worker"], swiftSettings: strict, linkerSettings: fullyStatic),
        // What it feeds is all that reads what others wrote; `make fuzz` runs it.
        .executableTarget(
            name: "tcpwitness-fuzz",
            dependencies: [
                "CLinux", "Compare", "Guest", "History", "Kernels", "Linux", "Netlink", "Packets", "Record", "Report",
                "Sequences", "SockDiag", "Tracing",
                "Worker",
            ], path: "Tests/Fuzz", swiftSettings: strict),
        .testTarget(name: "SequenceTests", dependencies: ["Sequences"], swiftSettings: strict),
        .testTarget(
            name: "ExploreTests", dependencies: ["Compare", "Explore", "Sequences"], swiftSettings: strict),
        .testTarget(name: "JudgeTests", dependencies: ["Judge", "Record"], swiftSettings: strict),
        .testTarget(name: "LinuxTests", dependencies: ["Linux"], swiftSettings: strict),
        .testTarget(name: "PacketsTests", dependencies: ["Linux", "Packets"], swiftSettings: strict),
        .testTarget(name: "HealthTests", dependencies: ["Health", "Record"], swiftSettings: strict),
        .testTarget(
            name: "InvariantTests", dependencies: ["Invariants", "Linux", "Packets", "Record"], swiftSettings: strict),
        .testTarget(
            name: "ReportTests", dependencies: ["Compare", "Pages", "Record", "Report"],
            exclude: ["Browser", "Fixtures"],
            swiftSettings: strict),
        .testTarget(
            name: "CompareTests", dependencies: ["Baselines", "Compare", "Record", "tcpwitness"],
            exclude: ["Fixtures", "Golden"], swiftSettings: strict),
        .testTarget(name: "HistoryTests", dependencies: ["History", "Record"], swiftSettings: strict),
        .testTarget(
            name: "CommandTests", dependencies: ["Record", "Report", "tcpwitness"], swiftSettings: strict),
        .testTarget(name: "GuestTests", dependencies: ["Guest", "Kernels", "Linux"], swiftSettings: strict),
        .testTarget(
            name: "NetlinkTests", dependencies: ["CLinux", "Linux", "Netlink", "SockDiag"], swiftSettings: strict),
        .testTarget(
            name: "TracingTests", dependencies: ["CLinux", "Linux", "Netlink", "SockDiag", "Tracing"],
            swiftSettings: strict),
        .testTarget(
            name: "VocabularyTests",
            dependencies: ["Acts", "Lab", "Linux", "Packets", "Record", "Scenarios", "SockDiag", "Tracing", "Worker"],
            swiftSettings: strict),
        .testTarget(name: "WorkerTests", dependencies: ["Linux", "Worker"], swiftSettings: strict),
        .testTarget(
            name: "LabTests",
            dependencies: [
                "Acts", "Engine", "Lab", "Linux", "Packets", "Record", "Scenarios", "SockDiag", "Tracing",
            ],
            swiftSettings: strict),
        // The worker it runs is a product, and testing builds all products; naming it here would link it in.
        .testTarget(
            name: "ScenarioTests",
            dependencies: [
                "Acts", "CLinux", "Documents", "Engine", "Invariants", "Lab", "Linux", "Netlink", "Packets", "Record",
                "Scenarios", "SockDiag",
                "Tracing", "Worker",
            ],
            swiftSettings: strict),
    ]
)

// The benchmark library costs several packages and a minute of building, so only `make bench` asks for it.
if Context.environment["TCPWITNESS_BENCHMARK"] != nil {
    package.dependencies.append(
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []))
    package.targets += [
        .executableTarget(
            name: "LabBenchmarks",
            dependencies: [
                "Engine", "Lab", "Linux", "Netlink", "Record", "Scenarios", "SockDiag", "Tracing",
                .product(name: "Benchmark", package: "benchmark"),
            ], path: "Benchmarks/Lab", swiftSettings: strict,
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")]),
        .executableTarget(
            name: "BenchmarkRatios", dependencies: ["Record"], path: "Benchmarks/Ratios", swiftSettings: strict),
    ]
}
