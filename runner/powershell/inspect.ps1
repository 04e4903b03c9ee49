# Reads scripts with PowerShell's own parser and says what is in them, as JSON. Runs nothing of them.
#
# -List names a file with one path a line; the answer is one JSON object a line, in the same order.
param([Parameter(Mandatory)] [string] $List)

Set-StrictMode -Version 3.0
$ErrorActionPreference = 'Stop'

function Get-Place { param($Extent) @($Extent.StartLineNumber, $Extent.StartColumnNumber) }

function Get-Text {
    # A text that stands in the script as it is; nothing where it is computed.
    param($Element)
    switch ($Element.GetType().Name) {
        'StringConstantExpressionAst' { $Element.Value }
        'ExpandableStringExpressionAst' { $Element.Value }
        'ConstantExpressionAst' { [string] $Element.Value }
        'VariableExpressionAst' { '$' + $Element.VariablePath.UserPath }
        'ParenExpressionAst' { $null }
        default { $null }
    }
}

function Get-Call {
    param([System.Management.Automation.Language.CommandAst] $Command)
    $named = [ordered]@{}
    $positions = [System.Collections.Generic.List[object]]::new()
    $pending = $null
    $splatted = $false
    foreach ($element in $Command.CommandElements | Select-Object -Skip 1) {
        if ($element -is [System.Management.Automation.Language.CommandParameterAst]) {
            $pending = $element.ParameterName
            $named[$pending] = if ($element.Argument) { Get-Text $element.Argument } else { $null }
            if ($element.Argument) { $pending = $null }
            continue
        }
        if ($element -is [System.Management.Automation.Language.VariableExpressionAst] -and $element.Splatted) { $splatted = $true; continue }
        if ($pending) { $named[$pending] = Get-Text $element; $pending = $null } else { $positions.Add((Get-Text $element)) }
    }
    $pipeline = $Command.Parent -as [System.Management.Automation.Language.PipelineAst]
    $place = if ($pipeline) { $pipeline.PipelineElements.IndexOf($Command) } else { 0 }
    [ordered]@{
        name = $Command.GetCommandName(); at = Get-Place $Command.Extent; named = $named; positions = $positions.ToArray(); splatted = $splatted
        isLast = -not $pipeline -or $place -eq $pipeline.PipelineElements.Count - 1
        isAssigned = [bool] ($pipeline -and $pipeline.Parent -is [System.Management.Automation.Language.AssignmentStatementAst])
        after = if ($pipeline -and $place -gt 0) { $pipeline.PipelineElements[0].Extent.Text.Split(' ')[0] } else { $null }
    }
}

function Get-Parameter {
    param([System.Management.Automation.Language.ParameterAst] $Parameter)
    $facts = [ordered]@{
        name = $Parameter.Name.VariablePath.UserPath; at = Get-Place $Parameter.Extent; type = $Parameter.StaticType.FullName
        mandatory = $false; default = $null; hasDefault = $null -ne $Parameter.DefaultValue; choices = @(); least = $null; most = $null; pattern = $null
    }
    if ($Parameter.DefaultValue) { try { $facts.default = $Parameter.DefaultValue.SafeGetValue() } catch { $facts.default = $null } }
    foreach ($attribute in $Parameter.Attributes | Where-Object { $_ -is [System.Management.Automation.Language.AttributeAst] }) {
        $values = @($attribute.PositionalArguments | ForEach-Object { try { $_.SafeGetValue() } catch { $null } })
        switch ($attribute.TypeName.Name) {
            'Parameter' { foreach ($each in $attribute.NamedArguments) { if ($each.ArgumentName -eq 'Mandatory') { $facts.mandatory = $each.ExpressionOmitted -or $each.Argument.Extent.Text -ne '$false' } } }
            'ValidateSet' { $facts.choices = $values }
            'ValidateRange' { $facts.least, $facts.most = $values }
            'ValidatePattern' { $facts.pattern = $values[0] }
        }
    }
    $facts
}

function Find-Ast { param($Tree, [type] $Type) $Tree.FindAll({ $args[0] -is $Type }.GetNewClosure(), $true) }

function Get-Fact {
    param([string] $Path)
    $errors = $null
    $tree = [System.Management.Automation.Language.Parser]::ParseFile($Path, [ref] $null, [ref] $errors)
    $functions = @(Find-Ast $tree ([System.Management.Automation.Language.FunctionDefinitionAst]))
    $loops = @(Find-Ast $tree ([System.Management.Automation.Language.LoopStatementAst]))
    [ordered]@{
        path = $Path; present = @()
        errors = @($errors | ForEach-Object { [ordered]@{ message = $_.Message; at = Get-Place $_.Extent } })
        parameters = @(if ($tree.ParamBlock) { $tree.ParamBlock.Parameters | ForEach-Object { Get-Parameter $_ } })
        functions = @($functions | ForEach-Object Name)
        calls = @(Find-Ast $tree ([System.Management.Automation.Language.CommandAst]) | ForEach-Object { Get-Call $_ })
        texts = @(Find-Ast $tree ([System.Management.Automation.Language.StringConstantExpressionAst]) | Where-Object { $_.Value -match '\\' } | ForEach-Object { [ordered]@{ text = $_.Value; at = Get-Place $_.Extent } }) +
        @(Find-Ast $tree ([System.Management.Automation.Language.ExpandableStringExpressionAst]) | Where-Object { $_.Value -match '\\' } | ForEach-Object { [ordered]@{ text = $_.Value; at = Get-Place $_.Extent } })
        types = @(Find-Ast $tree ([System.Management.Automation.Language.TypeExpressionAst]) | ForEach-Object { [ordered]@{ text = $_.TypeName.FullName; at = Get-Place $_.Extent } })
        variables = @(Find-Ast $tree ([System.Management.Automation.Language.VariableExpressionAst]) | Where-Object { $_.VariablePath.UserPath -like 'env:*' } | ForEach-Object { [ordered]@{ text = $_.VariablePath.UserPath; at = Get-Place $_.Extent } })
        assignments = @(Find-Ast $tree ([System.Management.Automation.Language.AssignmentStatementAst]) | Where-Object { $_.Left -is [System.Management.Automation.Language.VariableExpressionAst] } | ForEach-Object {
                [ordered]@{ name = $_.Left.VariablePath.UserPath; text = $_.Right.Extent.Text.Trim("'", '"'); at = Get-Place $_.Extent } })
        members = @(Find-Ast $tree ([System.Management.Automation.Language.InvokeMemberExpressionAst]) | ForEach-Object { [ordered]@{ text = "$($_.Expression.Extent.Text).$($_.Member.Extent.Text)"; at = Get-Place $_.Extent } })
        endless = @($loops | Where-Object { $_.PSObject.Properties['Condition'] -and $_.Condition -and $_.Condition.Extent.Text -in '$true', '1' -and -not $_.Body.Find({ $args[0] -is [System.Management.Automation.Language.BreakStatementAst] -or $args[0] -is [System.Management.Automation.Language.ReturnStatementAst] -or $args[0] -is [System.Management.Automation.Language.ExitStatementAst] -or $args[0] -is [System.Management.Automation.Language.ThrowStatementAst] }, $true) } | ForEach-Object { , (Get-Place $_.Extent) })
        exits = @($functions | ForEach-Object { Find-Ast $_ ([System.Management.Automation.Language.ExitStatementAst]) } | ForEach-Object { , (Get-Place $_.Extent) })
        requires = [ordered]@{
            version = [string] $tree.ScriptRequirements?.RequiredPSVersion
            modules = @($tree.ScriptRequirements?.RequiredModules | Where-Object { $_ } | ForEach-Object Name)
            editions = @($tree.ScriptRequirements?.RequiredPSEditions | Where-Object { $_ })
            elevated = [bool] $tree.ScriptRequirements?.IsElevationRequired
        }
    }
}

# Which of the called commands this PowerShell has; asked once for all scripts.
$facts = @(foreach ($path in [System.IO.File]::ReadLines($List)) { Get-Fact $path })
$names = @($facts | ForEach-Object { $_.calls } | ForEach-Object { $_.name } | Where-Object { $_ -and $_ -notmatch '[\\/*?\[]' } | Sort-Object -Unique)
$present = @(if ($names) { Get-Command -Name $names -CommandType Cmdlet, Function, Alias, Application -ErrorAction Ignore | ForEach-Object Name | Sort-Object -Unique })
foreach ($each in $facts) {
    $called = @($each.calls | ForEach-Object { $_.name })
    $each.present = @($present | Where-Object { $_ -in $called })
    [Console]::Out.WriteLine((ConvertTo-Json $each -Depth 6 -Compress -EnumsAsStrings -WarningAction SilentlyContinue))
}
