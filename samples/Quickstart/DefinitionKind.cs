namespace Quickstart;

/// <summary>What a definition of the catalogue defines.</summary>
internal enum DefinitionKind
{
    Table,
    Column,
    Metric,
}
