// swift-tools-version: 6.2
import PackageDescription

// Every Swift target of the product is built with the same settings:
// - language mode 6: data races are errors;
// - ExistentialAny: `any` marks each dynamic dispatch, so that none slips into a hot path unseen;
// - MemberImportVisibility, InternalImportsByDefault: a file imports what it uses and leaks nothing;
// - NonisolatedNonsendingByDefault: async code stays on its caller's executor;
// - Lifetimes: bytes read from the store are spans that cannot outlive their transaction;
// - strict memory safety: every unsafe use is written out, and proven where it stands.
let settings: [SwiftSetting] = [
  .swiftLanguageMode(.v6),
  .enableUpcomingFeature("ExistentialAny"),
  .enableUpcomingFeature("MemberImportVisibility"),
  .enableUpcomingFeature("InternalImportsByDefault"),
  .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
  .enableExperimentalFeature("Lifetimes"),
  .treatAllWarnings(as: .error),
]

let argumentParser: Target.Dependency = .product(
  name: "ArgumentParser", package: "swift-argument-parser")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

/// A library below `Sources`, or below `Projections` when `folder` says so.
func library(
  _ name: String, _ dependencies: [Target.Dependency] = [], folder: String = "Sources"
) -> Target {
  .target(
    name: name, dependencies: dependencies, path: "\(folder)/\(name)",
    swiftSettings: settings + [.strictMemorySafety()])
}

/// A test target `Tests/<name>Tests`; `data` names folders of it that hold no code.
func tests(_ name: String, _ dependencies: [Target.Dependency], data: [String] = []) -> Target {
  .testTarget(
    name: "\(name)Tests", dependencies: dependencies, path: "Tests/\(name)Tests", exclude: data,
    swiftSettings: settings)
}

// Arrows point one way: a target names only targets above it.
let package = Package(
  name: "recount",
  dependencies: [
    .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
    .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
    .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
  ],
  targets: [
    .systemLibrary(name: "CLMDB", path: "Sources/CLMDB"),
    .systemLibrary(name: "CDeflate", path: "Sources/CDeflate"),
    .systemLibrary(name: "CMaxMindDB", path: "Sources/CMaxMindDB"),
    .target(
      name: "CSimdjson", path: "Sources/CSimdjson",
      linkerSettings: [.linkedLibrary("simdjson")]),
    library("CivilTime"),
    library("CBOR"),
    library("JSON", ["CBOR", "CSimdjson"]),
    library("LMDB", ["CLMDB"]),
    library("Proofs", [crypto]),
    library("Ledger", ["LMDB", "CBOR", "CivilTime", "Proofs", "CDeflate", crypto]),
    library("Mathematics"),
    library("Scoring", ["Mathematics"]),
    library("Expressions", ["CivilTime"]),
    library("ExpressionsConformance", ["Expressions", "CivilTime"]),
    library("Programs", ["Expressions", "Scoring", "CBOR", "CivilTime", yams, crypto]),
    library("Binding", ["Ledger", "Expressions", "Mathematics", "CBOR", "CivilTime"]),
    library("Engine", ["Ledger", "LMDB", "CBOR", "CivilTime", crypto]),
    library("Catalog", ["Engine", "Ledger", "Programs", "CBOR"], folder: "Projections"),
    library(
      "Profiles", ["Engine", "Ledger", "Binding", "Catalog", "Programs", "Expressions", "CBOR"],
      folder: "Projections"),
    library(
      "Features",
      ["Engine", "Ledger", "Binding", "Catalog", "Profiles", "Programs", "Expressions", "CBOR"],
      folder: "Projections"),
    library("Models", ["Engine", "Ledger", "Programs", "CBOR"], folder: "Projections"),
    library(
      "PendingScores", ["Engine", "Ledger", "CBOR", "CivilTime"], folder: "Projections"),
    library("References", ["Engine", "Ledger", "Programs", "CBOR"], folder: "Projections"),
    library(
      "Items",
      ["Engine", "Ledger", "Binding", "Catalog", "Models", "Programs", "Scoring", "Expressions"],
      folder: "Projections"),
    library("Journeys", ["Engine", "Ledger", "CBOR", "CivilTime"], folder: "Projections"),
    library(
      "TimeZones", ["Engine", "Ledger", "Expressions", "CBOR", "CivilTime", crypto],
      folder: "Projections"),
    library(
      "Batches", ["Engine", "Ledger", "Catalog", "TimeZones", "Programs", "CBOR", "CivilTime"],
      folder: "Projections"),
    library("Consents", ["Engine", "Ledger", "CBOR"], folder: "Projections"),
    library("Transfers", ["Engine", "Ledger", "CBOR", "CivilTime"], folder: "Projections"),
    library("Candidates", ["Engine", "Ledger", "CBOR"], folder: "Projections"),
    library("Deliveries", ["Engine", "Ledger", "CBOR"], folder: "Projections"),
    library("Decisions", ["Engine", "Ledger"], folder: "Projections"),
    library(
      "Metrics", ["Engine", "Ledger", "Programs", "CBOR", "CivilTime"], folder: "Projections"),
    library(
      "Facts",
      [
        "Engine", "Ledger", "Binding", "Catalog", "Profiles", "Features", "References", "TimeZones",
        "Programs", "Expressions", "CBOR", "CivilTime",
      ]),
    library(
      "Silences",
      [
        "Engine", "Ledger", "Binding", "Facts", "Catalog", "Profiles", "Programs", "Expressions",
        "CBOR", "CivilTime",
      ], folder: "Projections"),
    library(
      "Policies",
      [
        "Engine", "Ledger", "Binding", "Facts", "Catalog", "Models", "Items", "References",
        "PendingScores",
        "Profiles", "Features", "Silences", "Journeys", "Batches", "Candidates", "Deliveries",
        "Decisions", "Metrics", "TimeZones", "Consents", "Transfers", "Programs", "Scoring",
        "Expressions", "CBOR", "CivilTime", "LMDB", crypto,
      ]),
    .executableTarget(
      name: "embed-programs", path: "Sources/embed-programs", swiftSettings: settings),
    .plugin(
      name: "EmbedPrograms", capability: .buildTool(), dependencies: ["embed-programs"],
      path: "Sources/EmbedPrograms"),
    .target(
      name: "ShippedPrograms", dependencies: ["Programs"], path: "Sources/ShippedPrograms",
      swiftSettings: settings + [.strictMemorySafety()], plugins: ["EmbedPrograms"]),
    library(
      "Delivery", ["Engine", "Ledger", "Programs", "JSON", "CBOR", "CivilTime"]),
    library("Intake", ["Engine", "Ledger", "JSON", "CBOR", "CivilTime"]),
    library(
      "Places", ["CMaxMindDB", "Intake", "Expressions", "Engine", "Ledger", "CBOR", crypto]),
    library(
      "Importing",
      ["Intake", "Programs", "Binding", "Expressions", "Engine", "JSON", "CBOR", "CivilTime"]),
    library("Simulation", ["Policies", "Engine", "Ledger", "CBOR"]),
    library(
      "Host",
      [
        "Delivery", "Policies", "Engine", "Ledger", "Catalog", "Models", "References", "Deliveries",
        "Journeys", "TimeZones",
        "Programs",
        "ShippedPrograms", "CBOR", "LMDB", "Proofs", crypto,
      ]),
    library(
      "Archiving",
      ["Host", "Intake", "Ledger", "Proofs", "JSON", "CBOR", "CivilTime", crypto]),
    library("Explaining", ["Ledger", "CBOR", "JSON", "CivilTime"]),
    library(
      "Reporting", ["Metrics", "Explaining", "Mathematics", "JSON", "CivilTime"]),
    library("Auditing", ["Ledger", "Proofs", "CBOR", "JSON", "CivilTime", crypto]),
    .target(
      name: "CAppendLoop", path: "Sources/CAppendLoop", linkerSettings: [.linkedLibrary("lmdb")]),
    .target(
      name: "Benchmarks",
      dependencies: [
        "Host", "Intake", "Simulation", "Policies", "Batches", "Programs", "ShippedPrograms",
        "Engine", "Ledger", "LMDB", "JSON", "CBOR", "CAppendLoop",
      ], path: "Sources/Benchmarks", exclude: ["Peers"],
      swiftSettings: settings + [.strictMemorySafety()]),
    .executableTarget(
      name: "recount",
      dependencies: [
        "Archiving", "Auditing", "Benchmarks", "Explaining", "Importing", "Places", "Reporting",
        "Silences",
        "Host",
        "Intake",
        "Simulation", "Policies",
        "Engine", "Ledger", "Proofs", "Programs", "Metrics", "Candidates",
        "Journeys", "Batches", "Deliveries", "Decisions", "Catalog", "Models", "References", "CBOR",
        "JSON", "CivilTime",
        "Binding", "Expressions", "ExpressionsConformance", argumentParser,
      ], path: "Sources/recount", swiftSettings: settings + [.strictMemorySafety()]),
    .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
    tests("Tidy", []),
    tests("Benchmarks", ["TestSupport", "Benchmarks", "JSON", "CBOR"]),
    tests("CivilTime", ["TestSupport", "CivilTime"]),
    tests("CBOR", ["TestSupport", "CBOR"]),
    tests("JSON", ["TestSupport", "JSON", "CBOR"]),
    tests("LMDB", ["TestSupport", "LMDB"]),
    tests("Proofs", ["TestSupport", "Proofs", crypto]),
    tests(
      "Auditing", ["TestSupport", "Auditing", "Ledger", "Proofs", "LMDB", "CBOR", "JSON"]),
    tests("Mathematics", ["TestSupport", "Mathematics"]),
    tests("Scoring", ["TestSupport", "Scoring", "Mathematics"], data: ["Fixtures"]),
    .target(name: "ModelSamples", path: "Tests/ModelSamples", swiftSettings: settings),
    tests(
      "Programs",
      ["TestSupport", "ModelSamples", "Programs", "Expressions", "Scoring", "CBOR", yams]),
    tests("Expressions", ["TestSupport", "Expressions", "ExpressionsConformance", "CivilTime"]),
    tests("Intake", ["TestSupport", "Intake", "JSON", "CBOR", "CivilTime", "Ledger", "Engine"]),
    tests(
      "Places",
      [
        "TestSupport", "Places", "Host", "Intake", "Policies",
        "Engine", "Ledger", "Expressions", "CBOR", "CivilTime",
      ]),
    tests(
      "Reporting",
      [
        "TestSupport", "Reporting", "Metrics", "Programs", "Engine", "Ledger", "CBOR", "JSON",
        "Mathematics",
      ]),
    tests(
      "Importing",
      ["TestSupport", "Importing", "Intake", "Programs", "Engine", "CBOR", "CivilTime"]),
    tests(
      "Delivery", ["Delivery", "Engine", "Ledger", "Programs", "JSON", "CBOR", "CivilTime"]),
    tests(
      "Explaining",
      [
        "Explaining", "Host", "Simulation", "Policies", "Engine", "Metrics", "Programs",
        "ShippedPrograms", "Ledger", "CBOR", "JSON", "CivilTime",
      ]),
    tests(
      "Host",
      [
        "TestSupport", "ModelSamples", "Host", "Simulation", "Policies", "Engine", "Ledger",
        "Catalog", "Programs", "Proofs", "TimeZones", "CBOR",
      ]),
    tests("Ledger", ["TestSupport", "Ledger", "Proofs", "LMDB", "CBOR", crypto]),
    tests("Engine", ["TestSupport", "Engine", "Ledger", "LMDB", "CBOR", "CivilTime"]),
    tests("Simulation", ["Simulation", "CBOR"]),
    .target(name: "FaultyFiles", path: "Tests/FaultyFiles"),
    .target(
      name: "CrashSupport", dependencies: ["Engine", "Ledger", "Simulation"],
      path: "Tests/CrashSupport",
      swiftSettings: settings),
    .executableTarget(
      name: "CrashProgram",
      dependencies: ["CrashSupport", "Host", "Policies", "Engine", "Ledger", "Simulation"],
      path: "Tests/CrashProgram", swiftSettings: settings),
    tests(
      "Crash",
      [
        "TestSupport", "CrashSupport", "CrashProgram", "FaultyFiles", "Host", "Policies", "Engine",
        "Ledger", "LMDB", "CBOR", "CDeflate", crypto,
      ]),
    tests(
      "Archiving",
      [
        "TestSupport", "Archiving", "Host", "Intake", "Engine", "Ledger", "LMDB", "Proofs", "CBOR",
        "CivilTime",
      ]),
    .testTarget(
      name: "PoliciesTests",
      dependencies: [
        "TestSupport", "ModelSamples", "Policies", "ShippedPrograms", "Simulation", "Engine",
        "Ledger", "LMDB", "Items", "Models", "PendingScores", "References", "Programs", "Binding",
        "Expressions",
        "Candidates",
        "Catalog", "Features", "Journeys",
        "Deliveries", "Metrics", "TimeZones", "Facts",
        "CBOR", "CivilTime",
      ], path: "Tests/PoliciesTests", exclude: ["Goldens"], swiftSettings: settings),
  ],
  cxxLanguageStandard: .cxx17
)
